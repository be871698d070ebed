import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createSeatFeed, type SeatFeed } from '../../../src/web/seat-feed/create-seat-feed.ts';
import { graphqlWsTransport } from '../../../src/web/seat-feed/graphql-ws.ts';
import type { Hall } from '../hall.ts';

/** A live map as browsers have it, on a socket of its own, without anything between it and the server. */
export class SeatFeedSocket {
  readonly feed: SeatFeed;
  /** The codes with which its open sockets were closed. */
  readonly closed: number[] = [];
  readonly #dispose: () => void | Promise<void>;
  #isOpen = false;

  constructor(url: string, { eventId, seatCount }: Pick<Hall, 'eventId' | 'seatCount'>) {
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      keepAlive: 5_000,
      on: {
        connected: () => (this.#isOpen = true),
        closed: (event) => {
          if (this.#isOpen) this.closed.push((event as { readonly code: number }).code);
          this.#isOpen = false;
        },
      },
    });
    this.feed = createSeatFeed({ seatCount, ...graphqlWsTransport(client, encodeEventId(eventId)) });
    this.#dispose = () => client.dispose();
  }

  /** Whether it is connected and shows this version or a newer one. */
  hasReached(version: number): boolean {
    return this.feed.state === 'live' && (this.feed.version ?? -1) >= version;
  }

  async close(): Promise<void> {
    this.feed.close();
    await this.#dispose();
  }
}
