import { randomUUID } from 'node:crypto';
import { createClient, type Client } from 'graphql-ws';
import { encodeEventId } from '../../src/platform/ids.ts';
import { BuyerClient } from '../support/clients/buyer-client.ts';
import { pause } from '../support/pause.ts';
import type { System } from './system.ts';

const BUYERS = 12;
const WATCHERS = 60;
const THINK_MS = 200;
const RETRY_MS = 200;
const ATTEMPTS_MAX = 40;
/** One hold in this many is abandoned, and expires. */
const ABANDONED_EVERY = 3;

/**
 * Buyers who hold and release seats, and watchers of live maps, on both nodes. A buyer whose request fails retries on the
 * other node with the same idempotency key, as clients should.
 */
export class Traffic implements AsyncDisposable {
  holds = 0;
  /** Holds that were refused, for example with `BusyError`, and not retried. */
  refused = 0;
  /** Requests that failed and were sent again. */
  retries = 0;
  /** Requests that failed on every attempt. */
  failures = 0;
  /** Times that a watcher lost its socket and connected again. */
  reconnects = 0;
  messages = 0;
  readonly #system: System;
  readonly #clients: Client[] = [];
  #loops: Promise<unknown> = Promise.resolve();
  #stopped = false;

  private constructor(system: System) {
    this.#system = system;
  }

  static async start(system: System): Promise<Traffic> {
    const traffic = new Traffic(system);
    for (let i = 0; i < WATCHERS; i++) traffic.#watch(i);
    const buyers = await Promise.all(
      Array.from({ length: BUYERS }, () => BuyerClient.start(traffic.#pick(0) ?? '')),
    );
    traffic.#loops = Promise.all(buyers.map((buyer, i) => traffic.#buy(buyer, i)));
    return traffic;
  }

  /** Returns the URL of a node that runs, in turn. */
  #pick(n: number): string | null {
    const urls = Object.values(this.#system.apis).flatMap(({ url }) => url ?? []);
    return urls[n % urls.length] ?? null;
  }

  #watch(i: number): void {
    let connections = 0;
    const client = createClient({
      url: () => `${this.#pick(i + Math.max(0, connections - 1))?.replace('http', 'ws')}/graphql`,
      retryAttempts: Infinity,
      shouldRetry: () => true,
      retryWait: () => pause(RETRY_MS),
      lazy: false,
      on: {
        connecting: () => void connections++,
        connected: (_s, _p, isRetry) => void (isRetry && this.reconnects++),
      },
    });
    this.#clients.push(client);
    const eventId = encodeEventId(this.#system.eventIds[i % this.#system.eventIds.length] ?? 0);
    const query = `subscription { seatUpdates(eventId: "${eventId}") { __typename
      ... on SeatMapSnapshot { version states } ... on SeatsChanged { version seats { index status } } } }`;
    const sink = { next: () => void this.messages++, error: () => undefined, complete: () => undefined };
    client.subscribe({ query }, sink);
  }

  async #buy(buyer: BuyerClient, i: number): Promise<void> {
    const { eventIds, seatCount } = this.#system;
    for (let n = 0; !this.#stopped; n++) {
      const eventId = eventIds[(i + n) % eventIds.length] ?? 0;
      // Each buyer has seats of its own, so that a refusal is never another buyer's doing.
      const seat = (n * BUYERS + i) % seatCount;
      const key = randomUUID();
      const held = await this.#send(buyer, i + n, (at) => at.hold(eventId, [seat], key));
      if (held?.['__typename'] === 'Booking') {
        this.holds++;
        if (n % ABANDONED_EVERY > 0) await this.#send(buyer, i + n, (at) => at.release(String(held['id'])));
      } else this.refused++;
      await pause(THINK_MS);
    }
  }

  async #send<T>(
    buyer: BuyerClient,
    n: number,
    request: (at: BuyerClient) => Promise<T>,
  ): Promise<T | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !this.#stopped; attempt++) {
      const url = this.#pick(n + attempt);
      const result = url === null ? undefined : await request(buyer.at(url)).catch(() => undefined);
      if (result !== undefined) return result;
      this.retries++;
      await pause(RETRY_MS);
    }
    if (!this.#stopped) this.failures++;
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#loops;
    for (const client of this.#clients) await client.dispose();
  }
}
