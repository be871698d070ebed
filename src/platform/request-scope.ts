import { AsyncLocalStorage } from 'node:async_hooks';
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
  /** The route that serves the request. */
  route?: string;
}

const scope = new AsyncLocalStorage<RequestScope | undefined>();

/** Creates the scope of a request that did not come over HTTP. If it is traced, `trace` is its span. */
export function createRequestScope(trace?: TraceContext): RequestScope {
  const requestId = uuidV7();
  return { requestId, trace: trace ?? createTraceContext(null, requestId) };
}

/** Runs work in a request; undefined: in none. */
export function runInRequest<T>(request: RequestScope | undefined, run: () => T): T {
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

/** A span as W3C Trace Context identifies it. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** True if the span is recorded. */
  readonly sampled: boolean;
}

const LENGTH_MAX = 256;
const FORMAT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-|$)/;

/**
 * Parses a `traceparent` (https://www.w3.org/TR/trace-context/); returns null if it is not valid. A later version of the
 * format may append parts, which are ignored.
 */
export function parseTraceparent(value: unknown): TraceContext | null {
  if (typeof value !== 'string' || value.length > LENGTH_MAX) return null; // guard: traceparent-length
  const [, version, traceId = '', spanId = '', flags = '', end] = FORMAT.exec(value) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && end !== '')) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null; // guard: traceparent-not-zero
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** Creates a span that is not recorded: in the trace of its parent, or in a new one. `uuid` provides the random digits. */
export function createTraceContext(parent: TraceContext | null, uuid = uuidV7()): TraceContext {
  const digits = uuid.replaceAll('-', '');
  return { traceId: parent?.traceId ?? digits, spanId: digits.slice(16), sampled: false };
}
