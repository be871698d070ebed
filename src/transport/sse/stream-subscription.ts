import type { ExecutionResult } from 'graphql';
import type { SendBufferLimits } from '../../fanout/send-buffer.ts';
import type { SharedSubscriptions } from '../../fanout/shared-subscriptions.ts';
import type { Engine } from '../../graphql/engine/engine.ts';
import { toGraphQLError } from '../../graphql/engine/errors/to-graphql-error.ts';
import type { ReadyOperation } from '../../graphql/engine/operation.ts';
import { endResults } from '../../graphql/engine/subscription.ts';
import type { AddressCounter } from '../../http/connection-limits.ts';
import type { ConnectionDrainer } from '../../http/connection-drainer.ts';
import type { RequestContext } from '../../http/request-context.ts';
import { sendGraphQLError } from '../responses.ts';
import { startSubscription } from '../start-subscription.ts';
import { EventStream } from './event-stream.ts';

export interface StreamContext {
  /** The streams and sockets of each address. */
  readonly streams: AddressCounter;
  readonly stopping: AbortSignal;
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
  request: RequestContext,
  operation: ReadyOperation,
): Promise<ExecutionResult | null> {
  const { req, res } = request;
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
  if (!acquireStreamSlot(ctx, request)) {
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

/**
 * Counts an event stream among the long-lived connections of its address until the response closes. Returns false if there
 * must be no stream. The request has then been answered, unless its client has left.
 */
export function acquireStreamSlot(
  { streams, stopping }: Pick<StreamContext, 'streams' | 'stopping'>,
  request: RequestContext,
): boolean {
  const { address, res } = request;
  // The `close` event that would release the slot has been emitted already.
  if (res.destroyed) return false; // guard: gone-client-takes-no-slot
  // A new stream would be ended at once. Sockets are refused too.
  // guard: no-stream-while-stopping
  if (stopping.aborted) return refuseStream(request, 503, 1, 'BUSY', 'The server is shutting down. Retry.');
  const release = streams.acquire(address);
  if (release === null)
    return refuseStream(
      request,
      429,
      10,
      'RATE_LIMITED',
      'Too many connections from this address. Close some of them, or retry later.',
    );
  res.once('close', release);
  return true;
}

function refuseStream(
  request: RequestContext,
  status: number,
  retrySeconds: number,
  code: string,
  message: string,
): false {
  request.res.setHeader('retry-after', String(retrySeconds));
  sendGraphQLError(request, status, code, message);
  return false;
}
