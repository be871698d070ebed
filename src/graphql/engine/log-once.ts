/** Requests that are remembered: more are under way at once only while everything fails. */
const REQUESTS_MAX = 500;

const logged = new Map<string, Set<string>>();

/**
 * Returns whether an error of this kind is the first of its request. A document with thirty aliases fails thirty times
 * for one reason; one line in the log is enough.
 */
export function isFirstOfRequest(requestId: string, error: unknown): boolean {
  const kind = error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : String(error);
  const kinds = logged.get(requestId) ?? new Set<string>();
  if (kinds.has(kind)) return false; // guard: error-logged-once
  logged.set(requestId, kinds.add(kind));
  const [oldest] = logged.keys();
  if (logged.size > REQUESTS_MAX && oldest !== undefined) logged.delete(oldest);
  return true;
}
