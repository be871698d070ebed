/**
 * Calls `read` at the first call only; later calls return its result, whatever their argument. Lets pages that ask the
 * same question share one statement.
 */
export function once<A, T>(read: (argument: A) => T): (argument: A) => T {
  let result: { readonly value: T } | undefined;
  return (argument) => (result ??= { value: read(argument) }).value;
}
