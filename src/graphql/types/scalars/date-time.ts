import { GraphQLError, Kind } from 'graphql';
import { builder } from '../../schema/builder.ts';

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

builder.scalarType('DateTime', {
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  description:
    'A date and time with a UTC offset in RFC 3339 format, such as "2027-05-01T19:30:00Z". Responses are in UTC; inputs may have any offset. Precision is milliseconds, and finer digits are dropped.',
  serialize: (date) => date.toISOString(),
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : null),
});

function parse(value: unknown): Date {
  const match = typeof value === 'string' ? rfc3339.exec(value) : null;
  const date = new Date(match?.[0].toUpperCase() ?? Number.NaN);
  // The thirtieth of February would quietly become a day of March.
  if (
    match === null ||
    Number.isNaN(date.getTime()) ||
    !isDay(Number(match[1]), Number(match[2]), Number(match[3]))
  ) {
    throw new GraphQLError(
      'DateTime must be a date and time with an offset in RFC 3339 format, such as "2027-05-01T19:30:00Z".',
    );
  }
  return date;
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year > 0;
}
