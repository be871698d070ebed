import type { AddressCounter } from '../../http/address-counter.ts';
import { sendGraphQLError } from '../responses.ts';
import type { Exchange } from '../../http/request-context.ts';

export interface StreamPlaceContext {
  readonly streams: AddressCounter;
  readonly stopping: AbortSignal;
}

/** One of the long-lived connections that an address may have, for a request that is answered with a stream. */
export class StreamPlace {
  readonly #ctx: StreamPlaceContext;
  readonly #exchange: Exchange;
  #taken = false;

  constructor(ctx: StreamPlaceContext, exchange: Exchange) {
    this.#ctx = ctx;
    this.#exchange = exchange;
  }

  /**
   * Takes it once; it is given back when the response closes. False: there is to be no stream, and the request is
   * answered so, if anybody is still there.
   */
  take(): boolean {
    const { address, res } = this.#exchange;
    // It has closed: what would give the place back has been and gone.
    if (res.destroyed) return false; // guard: gone-reader-takes-no-slot
    if (this.#taken) return true;
    // As sockets are refused then: it would only be ended again.
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
    this.#taken = true;
    res.once('close', release);
    return true;
  }

  #refuse(status: number, retrySeconds: number, code: string, message: string): false {
    this.#exchange.res.setHeader('retry-after', String(retrySeconds));
    sendGraphQLError(this.#exchange, status, code, message);
    return false;
  }
}
