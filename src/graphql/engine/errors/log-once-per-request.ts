import { Cache } from '../../../platform/cache.ts';
import type { Logger } from '../../../platform/observability/logger.ts';

/** The logger of a request, and the ID that its lines carry. */
export interface RequestLog {
  readonly logger: Logger;
  readonly requestId: string;
}

/** The kinds of errors that are already logged, by request. The limit matters only while most requests fail. */
const loggedKinds = new Cache<string, Set<string>>({ entriesMax: 500 });

/**
 * Logs an error, unless the request has already logged an error of this kind. A document with thirty aliases fails thirty
 * times for one reason; one line is enough.
 */
export function logOncePerRequest(
  { logger, requestId }: RequestLog,
  level: 'warn' | 'error',
  error: unknown,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  if (isFirstOfRequest(requestId, error)) logger[level]({ err: error, requestId, ...fields }, message);
}

function isFirstOfRequest(requestId: string, error: unknown): boolean {
  const kind = error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : String(error);
  const kinds = loggedKinds.get(requestId) ?? new Set<string>();
  if (kinds.has(kind)) return false; // guard: error-logged-once
  loggedKinds.set(requestId, kinds.add(kind));
  return true;
}
