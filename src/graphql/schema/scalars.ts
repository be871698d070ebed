import { GraphQLError, Kind } from 'graphql';
import { builder } from './builder.ts';

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

builder.scalarType('DateTime', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  description:
    'A date and time with a UTC offset in RFC 3339 format, such as "2027-05-01T19:30:00Z". Responses are in UTC; inputs may have any offset. Precision is milliseconds, and finer digits are dropped.',
  serialize: (date) => date.toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : null),
});

function parseDateTime(value: unknown): Date {
  const match = typeof value === 'string' ? rfc3339.exec(value) : null;
  const date = new Date(match?.[0].toUpperCase() ?? Number.NaN);
  // JavaScript accepts February 30 and reads it as a day in March.
  if (
    match === null ||
    Number.isNaN(date.getTime()) ||
    !isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3]))
  ) {
    throw new GraphQLError(
      'DateTime must be a date and time with an offset in RFC 3339 format, such as "2027-05-01T19:30:00Z".',
    );
  }
  return date;
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year > 0;
}

builder.scalarType('SafeInt', {
  // I-JSON: the integers that every JSON implementation reads exactly.
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc7493#section-2.2',
  description:
    'An integer from -(2^53 - 1) to 2^53 - 1, the range that a double-precision number represents exactly.',
  serialize: (value) => checkSafeInt(Number(value)),
  parseValue: checkSafeInt,
  parseLiteral: (node) => checkSafeInt(node.kind === Kind.INT ? Number(node.value) : null),
});

function checkSafeInt(value: unknown): number {
  if (!Number.isSafeInteger(value))
    throw new GraphQLError('SafeInt must be an integer from -(2^53 - 1) to 2^53 - 1.');
  return value as number;
}

builder.scalarType('SeatStates', {
  // The RFC specifies only the base64 encoding. The description specifies the bytes.
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc4648#section-4',
  description:
    'The status of every seat of an event, packed two bits per seat and encoded as base64 (RFC 4648). The seat with index n is in byte n >> 2, in the two bits starting at bit 2 * (n & 3): 0 is AVAILABLE, 1 is HELD, 2 is BOOKED, 3 is BLOCKED. Unused bits of the last byte are zero.',
  serialize: (states) => states,
  parseValue: () => {
    throw new GraphQLError('SeatStates cannot be used as an input.');
  },
});
