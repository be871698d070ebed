import type { AddressCounter } from '../address-counter.ts';
import { sendGraphQLError } from '../answers.ts';
import type { Exchange } from '../exchange.ts';

/** One of the long-lived connections that an address may have, for a request that is answered with a stream. */
export class StreamPlace {
  readonly #streams: AddressCounter;
  readonly #exchange: Exchange;
  #taken = false;

  constructor(streams: AddressCounter, exchange: Exchange) {
    this.#streams = streams;
    this.#exchange = exchange;
  }

  /** Takes it once; it is given back when the response closes. False: there is none, and the request is answered so. */
  take(): boolean {
    if (this.#taken) return true;
    const { address, res } = this.#exchange;
    const release = this.#streams.acquire(address);
    if (release === null) {
      res.setHeader('retry-after', '10');
      sendGraphQLError(this.#exchange, 429, 'RATE_LIMITED', 'Too many connections from this address.');
      return false;
    }
    this.#taken = true;
    res.once('close', release);
    return true;
  }
}
