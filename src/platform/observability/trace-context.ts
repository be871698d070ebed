import { uuidV7 } from '../ids.ts';

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
