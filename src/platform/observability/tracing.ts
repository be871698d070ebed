import type { Config } from '../config/config.ts';
import { currentRequest, runInRequest, type TraceContext } from '../request-scope.ts';
import type { Logger } from './logger.ts';

/*
 * Traces, at a few places:
 *
 *   request ─▶ operation ─▶ batch ─┬▶ SQL statements
 *                                  ├▶ publish ─▶ fan-out on other nodes
 *                                  └▶ fan-out on this node
 *
 * The batch belongs to the trace of its first command, and has links to the traces of all its commands. Without an
 * endpoint, OpenTelemetry is not loaded, and each place costs one comparison.
 */

type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  /** A name of ours or of the schema. */
  readonly name: string;
  readonly kind?: 'server' | 'client' | 'producer' | 'consumer';
  readonly links?: readonly TraceContext[];
  /** Names follow OpenTelemetry's semantic conventions. Never seats, variables, tokens or IDs of people. */
  readonly attributes?: Attributes;
}

export interface Span {
  readonly context: TraceContext;
  rename(name: string): void;
  setAttributes(attributes: Attributes): void;
  /** Marks the span as failed, with the type of the error. */
  fail(errorType: string): void;
  end(): void;
}

export interface Tracer {
  /** Starts a span; a null parent starts a trace. */
  startSpan(start: SpanStart, parent: TraceContext | null): Span;
  /** Exports what is left, within a deadline. Never rejects. */
  stop(): Promise<void>;
}

let tracer: Tracer | null = null;
let users = 0;

/**
 * Starts to trace this process if an endpoint is set. API and worker may share a process and its tracer. Returns a function
 * that stops it.
 */
export async function startTracing(
  settings: Config['tracing'],
  logger: Logger,
): Promise<() => Promise<void>> {
  if (settings === null) return () => Promise.resolve(); // guard: tracing-off-by-default
  const { createTracer } = await import('./open-telemetry.ts');
  users++;
  tracer ??= createTracer(settings, logger);
  return async () => {
    if (--users > 0) return;
    const stopping = tracer;
    tracer = null;
    await stopping?.stop();
  };
}

export function isTracing(): boolean {
  return tracer !== null;
}

/** Starts a span that the caller ends. Returns null if tracing is off. */
export function startSpan(start: SpanStart, parent: TraceContext | null): Span | null {
  return tracer === null ? null : tracer.startSpan(start, parent);
}

/** Runs work in a span below the current one. Only runs it if tracing is off, or if the current request is not sampled. */
export function withSpan<T>(start: () => SpanStart, work: () => Promise<T>): Promise<T> {
  if (tracer === null) return work();
  const parent = currentRequest()?.trace;
  return parent?.sampled === true ? runInSpan(tracer.startSpan(start(), parent), work) : work();
}

/** Runs work in the first span of a trace. Only runs it if tracing is off. */
export function withRootSpan<T>(start: () => SpanStart, work: () => Promise<T>): Promise<T> {
  return tracer === null ? work() : runInSpan(tracer.startSpan(start(), null), work);
}

async function runInSpan<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await runInRequest({ requestId: 'none', ...currentRequest(), trace: span.context }, work);
  } catch (error) {
    span.fail(error instanceof Error ? error.name : 'Error');
    throw error;
  } finally {
    span.end();
  }
}
