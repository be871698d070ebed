import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type SpanContext,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { Config } from '../config/config.ts';
import type { TraceContext } from '../request-scope.ts';
import { withTimeout } from '../with-timeout.ts';
import type { Logger } from './logger.ts';
import type { Span, SpanStart, Tracer } from './tracing.ts';

type TracingSettings = NonNullable<Config['tracing']>;

const ATTRIBUTE_LENGTH_MAX = 256;
/** As many as a batch can have commands. */
const LINKS_MAX = 512;
const STOP_MS_MAX = 3_000;
/** A collector that is unavailable fails every export. */
const WARN_EVERY_MS = 60_000;
const EXPORT_BATCH_SIZE = 512;

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/**
 * Creates a tracer that exports spans over OTLP/HTTP as JSON. Spans are dropped if the collector does not take them fast
 * enough: tracing never delays a request. Only `tracing.ts` imports this file, and only if an endpoint is set.
 */
export function createTracer(settings: TracingSettings, logger: Logger): Tracer {
  diag.setLogger(createDiagLogger(logger), DiagLogLevel.WARN);
  const url = `${settings.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const provider = new TracerProvider({
    sampler: createSampler(settings),
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes({ 'service.name': settings.serviceName })),
    spanLimits: { attributeValueLengthLimit: ATTRIBUTE_LENGTH_MAX, linkCountLimit: LINKS_MAX },
    spanProcessors: [
      // It reads no environment variables of its own.
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url }),
        scheduledDelayMillis: settings.exportEveryMs,
        maxQueueSize: settings.queuedSpansMax,
        maxExportBatchSize: Math.min(EXPORT_BATCH_SIZE, settings.queuedSpansMax),
      }),
    ],
  });
  const tracer = provider.getTracer('sellout');
  return {
    startSpan({ name, kind, links = [], attributes = {} }: SpanStart, parent: TraceContext | null): Span {
      const context =
        parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, toSpanContext(parent));
      const options = {
        kind: kind === undefined ? SpanKind.INTERNAL : kinds[kind],
        links: links.map((link) => ({ context: toSpanContext(link) })),
        attributes,
      };
      const span = tracer.startSpan(name, options, context);
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        context: { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
        rename: (renamed) => void span.updateName(renamed),
        setAttributes: (more) => void span.setAttributes(more),
        fail(errorType) {
          span.setAttribute('error.type', errorType);
          span.setStatus({ code: SpanStatusCode.ERROR });
        },
        end: () => span.end(),
      };
    },
    async stop() {
      try {
        await withTimeout(provider.shutdown(), STOP_MS_MAX, 'exporting spans'); // guard: spans-on-stop
      } catch (error) {
        logger.warn({ err: error }, 'some spans were not exported');
      }
    },
  };
}

function toSpanContext({ traceId, spanId, sampled }: TraceContext): SpanContext {
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}

function createSampler({ sampler, samplerArg }: TracingSettings): Sampler {
  const name = sampler.replace('parentbased_', '');
  const root =
    name === 'always_on'
      ? new AlwaysOnSampler()
      : name === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(samplerArg);
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

function createDiagLogger(logger: Logger) {
  let nextAt = 0;
  const warn = (message: string) => {
    if (performance.now() < nextAt) return;
    nextAt = performance.now() + WARN_EVERY_MS;
    logger.warn({ detail: message }, 'tracing');
  };
  const ignore = () => undefined;
  return { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
}
