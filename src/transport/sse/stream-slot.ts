import type { AddressCounter } from '../../http/connection-limits.ts';
import type { RequestContext } from '../../http/request-context.ts';
import { sendGraphQLError } from '../responses.ts';

export interface StreamSlotContext {
  readonly streams: AddressCounter;
  readonly stopping: AbortSignal;
}

/** The slot of one event stream among the long-lived connections of its address. */
export class StreamSlot {
  readonly #ctx: StreamSlotContext;
  readonly #request: RequestContext;
  #isAcquired = false;

  constructor(ctx: StreamSlotContext, request: RequestContext) {
    this.#ctx = ctx;
    this.#request = request;
  }

  /**
   * Acquires the slot until the response closes; further calls change nothing. Returns false if there must be no stream.
   * The request has then been answered, unless its client has left.
   */
  acquire(): boolean {
    const { address, res } = this.#request;
    // The `close` event that would release the slot has been emitted already.
    if (res.destroyed) return false; // guard: gone-client-takes-no-slot
    if (this.#isAcquired) return true;
    // A new stream would be ended at once. Sockets are refused too.
    // guard: no-stream-while-stopping
    if (this.#ctx.stopping.aborted)
      return this.#refuse(503, 1, 'BUSY', 'The server is shutting down. Retry.');
    const release = this.#ctx.streams.acquire(address);
    if (release === null)
      return this.#refuse(
        429,
        10,
        'RATE_LIMITED',
        'Too many connections from this address. Close some of them, or retry later.',
      );
    this.#isAcquired = true;
    res.once('close', release);
    return true;
  }

  #refuse(status: number, retrySeconds: number, code: string, message: string): false {
    this.#request.res.setHeader('retry-after', String(retrySeconds));
    sendGraphQLError(this.#request, status, code, message);
    return false;
  }
}
