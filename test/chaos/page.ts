import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { encodeEventId } from '../../src/platform/ids.ts';
import { createSeatFeed, type SeatFeed } from '../../src/web/seat-feed/create-seat-feed.ts';
import { graphqlWsTransport, watchConnection } from '../../src/web/seat-feed/graphql-ws.ts';
import { startForgetfulProxy, type ForgetfulProxy } from '../support/proxies/forgetful-proxy.ts';
import { pause } from '../support/pause.ts';
import { StreamCheck } from './stream-check.ts';

export interface PageOptions {
  readonly eventId: number;
  readonly seatCount: number;
  /** Called for each connection: the node to connect to, as a load balancer chooses it. Null while no node runs. */
  readonly url: () => string | null;
}

const PING_EVERY_MS = 1_000;
/** Longer than pages sleep: unlike on a sleeping laptop, their timers continue, but they can't receive the answers. */
const ANSWER_WITHIN_MS = 4_000;

/** The largest response that the limits allow, more than a megabyte. */
const LARGE_ANSWER = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Event { seats(first: 100) { edges { node {
  ${Array.from({ length: 27 }, (_, i) => `${'x'.repeat(95)}${i}: index`).join(' ')} } } } } } }`;
/** On loopback, the kernel buffers about 2.6 MB per connection. */
const LARGE_ANSWERS = 6;
/** The server stops reading a full socket, but has already read what came in the same packet. */
const ASK_EVERY_MS = 100;

/** An open seat map: the feed as browsers run it, on its own line, which can be paused and can die. */
export class Page {
  readonly #eventId: string;
  readonly #feed: SeatFeed;
  readonly #check = new StreamCheck();
  readonly #client: Client;
  readonly #line: ForgetfulProxy;
  #socket: WebSocket | undefined;
  #pausedSocket: WebSocket | undefined;
  #deadSocket: WebSocket | undefined;
  connections = 0;

  private constructor({ eventId, seatCount }: PageOptions, line: ForgetfulProxy) {
    this.#eventId = encodeEventId(eventId);
    this.#line = line;
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
    this.#client = createClient({
      url: line.url('ws://127.0.0.1/graphql'),
      webSocketImpl: Kept,
      retryAttempts: 0,
      keepAlive: PING_EVERY_MS,
    });
    watchConnection(this.#client, ANSWER_WITHIN_MS);
    const { subscribe, abandon } = graphqlWsTransport(this.#client, this.#eventId);
    this.#feed = createSeatFeed({
      seatCount,
      subscribe: (afterVersion, sink) => subscribe(afterVersion, this.#check.watch(afterVersion, sink)),
      abandon,
    });
  }

  static async open(options: PageOptions): Promise<Page> {
    const port = () => {
      const url = options.url();
      return url === null ? null : Number(new URL(url).port);
    };
    return new Page(options, await startForgetfulProxy(port));
  }

  get version(): number | null {
    return this.#feed.version;
  }

  get states(): string {
    return this.#feed.states;
  }

  /** Whether it is connected and reads. */
  get awake(): boolean {
    return this.#feed.state === 'live' && this.#socket !== this.#pausedSocket && !this.deceived;
  }

  /** Whether its line is dead and it has not noticed. */
  get deceived(): boolean {
    return this.#feed.state === 'live' && this.#socket === this.#deadSocket;
  }

  /** Messages, snapshots, and errors in their order. */
  get seen(): StreamCheck {
    return this.#check;
  }

  /** Stops reading, like a laptop that goes to sleep. */
  pause(): void {
    this.#pausedSocket = this.#socket;
    this.#line.pause();
  }

  resume(): void {
    this.#pausedSocket = undefined;
    this.#line.resume();
  }

  /** Requests so much that the server can't send it anything else while it is paused. Ignores the response. */
  async askForMuch(): Promise<void> {
    const payload = { query: LARGE_ANSWER, variables: { ids: Array(4).fill(this.#eventId) } };
    for (let i = 0; i < LARGE_ANSWERS; i++) {
      this.#client.subscribe(payload, { next() {}, error() {}, complete() {} });
      await pause(ASK_EVERY_MS);
    }
  }

  /** Drops the connection, as when a device changes its network. */
  lose(): void {
    this.#socket?.terminate();
  }

  /** Makes its connection dead without notice to either side. It must be open. */
  loseLine(): void {
    this.#deadSocket = this.#socket;
    this.#line.forget();
  }

  async close(): Promise<void> {
    this.#feed.close();
    await this.#client.dispose();
    await this.#line[Symbol.asyncDispose]();
  }
}
