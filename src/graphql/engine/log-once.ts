import { Cache } from '../../platform/cache.ts';

/** Error kinds that are logged already, by request. The bound matters only while most requests fail. */
const loggedKinds = new Cache<string, Set<string>>({ entriesMax: 500 });

/**
 * Returns whether an error is the first of its kind in its request. A document with thirty aliases fails thirty times
 * for the same reason; one log line is enough.
 */
export function isFirstOfRequest(requestId: string, error: unknown): boolean {
  const kind = error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : String(error);
  const kinds = loggedKinds.get(requestId) ?? new Set<string>();
  if (kinds.has(kind)) return false; // guard: error-logged-once
  loggedKinds.set(requestId, kinds.add(kind));
  return true;
}
