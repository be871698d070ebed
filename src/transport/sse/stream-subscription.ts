import type { ExecutionResult } from 'graphql';
import type { Departures } from '../../http/connection-drainer.ts';
import type { Exchange } from '../../http/request-context.ts';
import {
  endResults,
  toGraphQLError,
  type Engine,
  type ReadyOperation,
} from '../../graphql/engine/operation.ts';
import type { OutletLimits } from '../../fanout/send-buffer.ts';
import type { SharedSubscriptions } from '../../fanout/shared-subscriptions.ts';
import { EventStream } from './event-stream.ts';
import type { StreamPlace, StreamPlaceContext } from './stream-slot.ts';

export interface StreamContext extends StreamPlaceContext {
  readonly engine: Engine;
  readonly shared: SharedSubscriptions;
  readonly limits: OutletLimits;
  readonly departures: Departures;
}

/**
 * Answers a subscription with a stream of events, which ends when the client leaves, does not read for too long, or the
 * server stops. Returns the result instead if the subscription could not start.
 */
export async function streamSubscription(
  ctx: StreamContext,
  { req, res }: Exchange,
  operation: ReadyOperation,
  place: StreamPlace,
): Promise<ExecutionResult | null> {
  const stream = new EventStream(res, ctx.limits);
  const { shared } = operation;
  const results = await operation.subscribe(
    shared === null ? undefined : ctx.shared.parkFor(shared, stream.reader),
  );
  if (!(Symbol.asyncIterator in results)) return results;
  const iterator = results[Symbol.asyncIterator]();
  const end = () => endResults(iterator, ctx.engine.logger);
  // guard: head-without-stream
  if (req.method === 'HEAD') {
    end();
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }).end();
    return null;
  }
  if (!place.take()) {
    end();
    return null;
  }
  stream.open();
  res.once('close', end);
  res.once(
    'close',
    ctx.departures.add(() => res.end()),
  );
  await pump(ctx.engine, iterator, stream);
  return null;
}

/** Shared messages reach the stream directly; the iterator of such a subscription only ends. */
async function pump(
  engine: Engine,
  iterator: AsyncIterator<ExecutionResult>,
  stream: EventStream,
): Promise<void> {
  try {
    for (;;) {
      const { done, value } = (await iterator.next()) as IteratorResult<ExecutionResult, undefined>;
      if (done === true) break;
      await stream.next(value);
    }
  } catch (error) {
    await stream.next({ errors: [toGraphQLError(engine, error)] });
  }
  stream.complete();
}
