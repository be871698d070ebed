/**
 * Calls `read` with a copy of `data` that records which keys are read, and returns the paths of those that were not. A
 * validator reads every key that its schema knows, so the rest is unknown to it.
 */
export function listUnreadKeys(data: object, read: (recorded: object) => void): string[] {
  const unread = new Set<string>();
  read(record(data, '', unread) as object);
  return [...unread].toSorted();
}

function record(value: unknown, at: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([] as never) : {};
  for (const [key, inner] of Object.entries(value)) {
    const keyPath = at === '' ? key : `${at}.${key}`;
    const recorded = record(inner, keyPath, unread);
    unread.add(keyPath);
    Object.defineProperty(copy, key, {
      enumerable: true,
      configurable: true,
      get() {
        unread.delete(keyPath);
        return recorded;
      },
    });
  }
  return copy;
}
