/** Text that PostgreSQL takes as it is. NULL would be a missing value. */
const NEEDS_NO_QUOTES = /^(?!null$)[\w-]+$/i;

/**
 * Formats numbers, UUIDs, enum values and hexadecimal text as an array of PostgreSQL: `{1,2}`. Prisma and the driver convert an
 * array element by element, and pass a string on.
 *
 * @throws if an element would need quotes.
 */
export function arrayLiteral(values: readonly (number | string | boolean)[]): string {
  for (const value of values) {
    // guard: array-element-without-quotes
    if (typeof value === 'string' && !NEEDS_NO_QUOTES.test(value))
      throw new Error('an element of an array literal would need quotes');
  }
  return `{${values.join(',')}}`;
}
