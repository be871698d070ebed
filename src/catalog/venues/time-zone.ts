import { InvalidInputError } from '../../platform/errors.ts';

const TIME_ZONE_LENGTH_MAX = 64;

/** Names by region and city. Abbreviations such as CET and offsets such as +01:00 are not. */
const named = /^(?:UTC|[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*){1,2})$/;

/** @throws {InvalidInputError} if the runtime does not know the time zone. */
export function checkTimeZone(timeZone: string): void {
  // guard: time-zone-name
  if (timeZone.length <= TIME_ZONE_LENGTH_MAX && named.test(timeZone) && isKnown(timeZone)) return;
  throw new InvalidInputError(
    'timeZone',
    'timeZone must be an IANA time zone name, such as Europe/Berlin, or UTC.',
  );
}

function isKnown(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).format(0) !== '';
  } catch {
    return false;
  }
}
