import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventIdOf } from '../../src/platform/ids.ts';
import { createSeatFeed, type SeatFeed } from '../../src/web/seat-feed/create-seat-feed.ts';
import { graphqlWsTransport } from '../../src/web/seat-feed/graphql-ws.ts';
import { StreamCheck } from './stream-check.ts';

export interface PageOptions {
  readonly eventId: number;
  readonly seatCount: number;
  /** Where to connect, asked anew for each connection: as a balancer would choose. Null while no node is there. */
  readonly url: () => string | null;
}

/** A seat map that somebody has open: the feed as browsers run it, on a connection that can be paused. */
export class Page {
  readonly #feed: SeatFeed;
  readonly #check = new StreamCheck();
  readonly #dispose: () => Promise<void> | void;
  #socket: WebSocket | undefined;
  connections = 0;

  constructor({ eventId, seatCount, url }: PageOptions) {
    const opened = (socket: WebSocket) => {
      this.#socket = socket;
      this.connections++;
    };
    class Kept extends WebSocket {
      constructor(address: string, protocol: string) {
        super(address, protocol);
        opened(this);
      }
    }
    const client = createClient({
      // Nothing listens at port 9: refused at once, as where a balancer has no node left.
      url: () => `${(url() ?? 'http://127.0.0.1:9').replace('http', 'ws')}/graphql`,
      webSocketImpl: Kept,
      retryAttempts: 0,
      keepAlive: 5_000,
    });
    const { subscribe, abandon } = graphqlWsTransport(client, eventIdOf(eventId));
    this.#dispose = () => client.dispose();
    this.#feed = createSeatFeed({
      seatCount,
      subscribe: (afterVersion, sink) => subscribe(afterVersion, this.#check.watch(afterVersion, sink)),
      abandon,
    });
  }

  get version(): number | null {
    return this.#feed.version;
  }

  get states(): string {
    return this.#feed.states;
  }

  /** Connected and reading. */
  get awake(): boolean {
    return this.#feed.state === 'live' && this.#socket?.isPaused !== true;
  }

  /** Messages, snapshots, and what was wrong with the order of any. */
  get seen(): StreamCheck {
    return this.#check;
  }

  /** Stops reading, as a laptop does that is put to sleep. */
  pause(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Loses the connection without a word, as where the wifi changes. */
  lose(): void {
    this.#socket?.terminate();
  }

  async close(): Promise<void> {
    this.#feed.close();
    await this.#dispose();
  }
}
