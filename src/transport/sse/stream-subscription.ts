import type { ExecutionResult } from 'graphql';
import type { SendBufferLimits } from '../../fanout/send-buffer.ts';
import type { SharedSubscriptions } from '../../fanout/shared-subscriptions.ts';
import type { Engine } from '../../graphql/engine/engine.ts';
import { toGraphQLError, type ReadyOperation } from '../../graphql/engine/operation.ts';
import { endResults } from '../../graphql/engine/subscription.ts';
import type { ConnectionDrainer } from '../../http/connection-drainer.ts';
import type { RequestContext } from '../../http/request-context.ts';
import { startSubscription } from '../start-subscription.ts';
import { EventStream } from './event-stream.ts';
import type { StreamSlot, StreamSlotContext } from './stream-slot.ts';

export interface StreamContext extends StreamSlotContext {
  readonly engine: Engine;
  readonly shared: SharedSubscriptions;
  readonly limits: SendBufferLimits;
  readonly drainer: ConnectionDrainer;
}

/**
 * Answers a subscription with an event stream. It ends when the client leaves, when the client does not read for too long,
 * or when the server stops. Returns a result with errors, and sends nothing, if the subscription could not start.
 */
export async function streamSubscription(
  ctx: StreamContext,
  { req, res }: RequestContext,
  operation: ReadyOperation,
  slot: StreamSlot,
): Promise<ExecutionResult | null> {
  const stream = new EventStream(res, ctx.limits);
  const results = await startSubscription(operation, ctx.shared, stream.consumer);
  if (!(Symbol.asyncIterator in results)) return results;
  const iterator = results[Symbol.asyncIterator]();
  const end = () => endResults(iterator, ctx.engine.logger);
  // guard: head-without-stream
  if (req.method === 'HEAD') {
    end();
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }).end();
    return null;
  }
  if (!slot.acquire()) {
    end();
    return null;
  }
  stream.open();
  res.once('close', end);
  res.once(
    'close',
    ctx.drainer.add(() => res.end()),
  );
  await pump(ctx.engine, iterator, stream);
  return null;
}

/** Writes results until they end. The results of a shared subscription are empty: the fan-out writes its messages. */
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
