import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventIdOf } from '../../src/platform/ids.ts';
import { createSeatFeed, type SeatFeed } from '../../src/web/seat-feed/create-seat-feed.ts';
import { graphqlWsTransport, watchConnection } from '../../src/web/seat-feed/graphql-ws.ts';
import { startForgetfulProxy, type ForgetfulProxy } from '../support/proxies/forgetful-proxy.ts';
import { pause } from '../support/pause.ts';
import { StreamCheck } from './stream-check.ts';

export interface PageOptions {
  readonly eventId: number;
  readonly seatCount: number;
  /** Of the node to connect to, asked anew for each connection: as a balancer would choose. Null while no node is there. */
  readonly url: () => string | null;
}

const PING_EVERY_MS = 1_000;
/** Longer than pages sleep: their timers go on, other than a laptop's, and what they are answered they can't hear. */
const ANSWER_WITHIN_MS = 4_000;

/** The largest answer that the limits allow: more than a megabyte. */
const LARGE_ANSWER = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Event { seats(first: 100) { edges { node {
  ${Array.from({ length: 27 }, (_, i) => `${'x'.repeat(95)}${i}: index`).join(' ')} } } } } } }`;
/** The kernel takes some 2.6 MB for one connection on loopback. */
const LARGE_ANSWERS = 6;
/** The server does not read a socket that is full; what came with the same packet it has read. */
const ASK_EVERY_MS = 100;

/** A seat map that somebody has open: the feed as browsers run it, on a line of its own that can be paused and can die. */
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
    this.#eventId = eventIdOf(eventId);
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

  /** Connected, and reading what it is sent. */
  get awake(): boolean {
    return this.#feed.state === 'live' && this.#socket !== this.#pausedSocket && !this.deceived;
  }

  /** Its line is dead, and it has not noticed. */
  get deceived(): boolean {
    return this.#feed.state === 'live' && this.#socket === this.#deadSocket;
  }

  /** Messages, snapshots, and what was wrong with the order of any. */
  get seen(): StreamCheck {
    return this.#check;
  }

  /** Reads no more, as a laptop does that is put to sleep. */
  pause(): void {
    this.#pausedSocket = this.#socket;
    this.#line.pause();
  }

  resume(): void {
    this.#pausedSocket = undefined;
    this.#line.resume();
  }

  /** Asks for so much that the server can send it nothing else as long as it is paused. Nobody cares for the answer. */
  async askForMuch(): Promise<void> {
    const payload = { query: LARGE_ANSWER, variables: { ids: Array(4).fill(this.#eventId) } };
    for (let i = 0; i < LARGE_ANSWERS; i++) {
      this.#client.subscribe(payload, { next() {}, error() {}, complete() {} });
      await pause(ASK_EVERY_MS);
    }
  }

  /** Loses the connection without a word, as where the wifi changes. */
  lose(): void {
    this.#socket?.terminate();
  }

  /** Its connection is dead from now on, and neither side is told. It must be open. */
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
