export type MaybePromise<T> = T | Promise<T>;

/** Returns whether a value is a promise, including those of libraries, such as Prisma's. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}
