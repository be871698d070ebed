import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { registerHooks } from 'node:module';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { parseSeatsChanged, type SeatsChanged } from '../../../src/messaging/messages.ts';
import { isTracing, startSpan, startTracing, withSpan } from '../../../src/platform/observability/tracing.ts';
import {
  createRequestScope,
  createTraceContext,
  currentRequest,
  formatTraceparent,
  runInRequest,
} from '../../../src/platform/request-scope.ts';
import { ChangeCoalescer } from '../../../src/seating/live/feed-subscribers.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';

let loads = 0;
registerHooks({
  load: (url, context, next) => {
    if (url.endsWith('/open-telemetry.ts')) loads++;
    return next(url, context);
  },
});

/** Nothing listens there. */
const settings = {
  endpoint: 'http://127.0.0.1:9',
  sampler: 'always_on',
  samplerArg: 1,
  exportEveryMs: 5_000,
  queuedSpansMax: 2_048,
  serviceName: 'test',
};

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function createTestLogger() {
  const lines: string[] = [];
  return { lines, logger: pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }) };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('without an endpoint', () => {
  it('OpenTelemetry is not loaded, and work runs as it is', async () => {
    stops.push(await startTracing(null, silent));
    const scope = createRequestScope();
    const work = () => Promise.resolve(currentRequest());
    const fail = () => {
      throw new Error('a span was described');
    };
    expect(await runInRequest(scope, () => withSpan(fail, work))).toBe(scope);
    expect(startSpan({ name: 'x' }, null)).toBeNull();
    expect({ isTracing: isTracing(), loads }).toEqual({ isTracing: false, loads: 0 });
  });
});

describe('with an endpoint', () => {
  it('spans are dropped and a warning is logged if the collector refuses them', async () => {
    const { lines, logger } = createTestLogger();
    const refusing = createServer((_req, res) => res.writeHead(400).end());
    const endpoint = await listen(refusing);
    onTestFinished(() => void refusing.close());
    const stop = await startTracing({ ...settings, endpoint, exportEveryMs: 10 }, logger);
    startSpan({ name: 'x' }, null)?.end();
    await eventually('a warning', () => lines.length > 0);
    await stop();
    expect(isTracing()).toBe(false);
    expect(lines.join('')).toContain('"msg":"tracing"');
  });

  it('a process stops although the collector never answers', async () => {
    const { lines, logger } = createTestLogger();
    const hanging = createServer(() => undefined);
    const endpoint = await listen(hanging);
    onTestFinished(() => {
      hanging.closeAllConnections();
      hanging.close();
    });
    const stop = await startTracing({ ...settings, endpoint }, logger);
    startSpan({ name: 'x' }, null)?.end();
    await stop();
    const log = lines.join('');
    expect(log).toContain('some spans were not exported');
    // The exporter has a timeout of its own, which is longer.
    expect(log).toContain('exporting spans');
  });

  it('API and worker share a tracer in one process, which loads OpenTelemetry', async () => {
    const [stopOne, stopOther] = [await startTracing(settings, silent), await startTracing(settings, silent)];
    await stopOne();
    expect(isTracing()).toBe(true);
    await stopOther();
    expect({ isTracing: isTracing(), loads }).toEqual({ isTracing: false, loads: 1 });
  });

  it('a message is linked to a limited number of changes', async () => {
    stops.push(await startTracing(settings, silent));
    const coalescer = new ChangeCoalescer(0, () => undefined);
    for (let version = 1; version <= 100; version++) {
      const traceparent = formatTraceparent(createTraceContext(null));
      coalescer.add({ seats: [], version, traceparent });
    }
    coalescer.flush();
    expect(coalescer.sentTraces).toHaveLength(32);
    coalescer.add({ seats: [], version: 101 });
    coalescer.flush();
    expect(coalescer.sentTraces).toHaveLength(0);
  });

  it.each([
    ['traceidratio', 0, false],
    ['traceidratio', 1, true],
    ['always_off', 1, false],
    ['parentbased_always_off', 1, false],
    ['parentbased_traceidratio', 1, true],
  ])('the sampler %s of %d samples: %s', async (sampler, samplerArg, sampled) => {
    stops.push(await startTracing({ ...settings, sampler, samplerArg }, silent));
    const span = startSpan({ name: 'x' }, null);
    expect(span?.context.sampled).toBe(sampled);
  });
});

it.each(['x', '00-zz', 7, `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`])(
  'the invalid traceparent %s of a message is dropped',
  (traceparent) => {
    const batchId = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736';
    const message: SeatsChanged = {
      eventId: 1,
      fromVersion: 1,
      version: 2,
      previousBatchId: batchId,
      batchId,
      seats: [],
      bookingIds: [],
    };
    expect(parseSeatsChanged({ ...message, traceparent })).toEqual(message);
  },
);
