import { AsyncLocalStorage } from 'node:async_hooks';
import { createTraceContext, type TraceContext } from './observability/trace-context.ts';
import { uuidV7 } from './ids.ts';

/**
 * The current request, for code that gets no context from its library, such as the masking of errors. Every log line has
 * its IDs. A request is an HTTP request, an operation on a WebSocket, or a run of a worker's task.
 */
export interface RequestScope {
  readonly requestId: string;
  /** The span in which the request currently is. */
  readonly trace: TraceContext;
  /** What the client executes, such as `mutation holdSeats`, once that is known to be valid; for the log. */
  operation?: string;
}

const scope = new AsyncLocalStorage<RequestScope>();

/** Creates the scope of a request that did not come over HTTP. */
export function createRequestScope(): RequestScope {
  const requestId = uuidV7();
  return { requestId, trace: createTraceContext(null, requestId) };
}

export function runInRequest<T>(request: RequestScope, run: () => T): T {
  return scope.run(request, run);
}

export function currentRequest(): RequestScope | undefined {
  return scope.getStore();
}

/** Returns the IDs that a client may quote in a report, for the extensions of a GraphQL response. */
export function getResponseIds({ requestId, trace }: RequestScope): Record<string, string> {
  return { requestId, traceId: trace.traceId };
}

export function currentRequestId(): string {
  return scope.getStore()?.requestId ?? 'none';
}
