import http from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { encodeSeatId } from '../../src/platform/ids.ts';
import type { SaleEvent } from '../run/target/target.ts';

const HTTP_CLIENTS = 32;
const SOCKET_CLIENTS = 16;
const SEATS_PER_HOLD = 10;
/** Numbers of holds in one document. */
const ALIASES = [1, 1, 1, 10, 1_000];
const ANSWER_WITHIN_MS = 5_000;

export interface AttackFigures {
  /** Calls of root fields that were sent. */
  readonly calls: number;
  /** Calls that got no seats and no guest. */
  readonly refused: number;
  readonly guestsStarted: number;
  readonly seatsWon: number;
  /** Time until the last response. */
  readonly seconds: number;
}

interface AttackOptions {
  readonly url: string;
  readonly event: SaleEvent;
  /** Tokens of guests that were started before. */
  readonly guests: readonly string[];
  /** Local addresses to attack from, in turn. */
  readonly addresses: readonly string[];
}

interface Answer {
  readonly data?: Readonly<Record<string, { __typename?: string; token?: string } | null>> | null;
}

/** Holds blocks of seats as fast as it can, each as another guest, by HTTP and over sockets. */
export class Attack {
  readonly #options: AttackOptions;
  readonly #agents: readonly http.Agent[];
  #turn = 0;
  #nextBlock = Math.floor(Math.random() * 1_000);
  #calls = 0;
  #guestsStarted = 0;
  #seatsWon = 0;

  constructor(options: AttackOptions) {
    this.#options = options;
    this.#agents = options.addresses.map(
      (localAddress) => new http.Agent({ keepAlive: true, maxSockets: HTTP_CLIENTS, localAddress }),
    );
  }

  async run(seconds: number): Promise<AttackFigures> {
    const beganAt = performance.now();
    const endsAt = beganAt + seconds * 1_000;
    await Promise.all([
      ...Array.from({ length: HTTP_CLIENTS }, () => this.#attackByHttp(endsAt)),
      ...Array.from({ length: SOCKET_CLIENTS }, () => this.#attackBySocket(endsAt)),
    ]);
    for (const agent of this.#agents) agent.destroy();
    const refused = this.#calls - this.#guestsStarted - this.#seatsWon / SEATS_PER_HOLD;
    return {
      calls: this.#calls,
      refused,
      guestsStarted: this.#guestsStarted,
      seatsWon: this.#seatsWon,
      seconds: (performance.now() - beganAt) / 1_000,
    };
  }

  async #attackByHttp(endsAt: number): Promise<void> {
    while (performance.now() < endsAt) {
      const turn = this.#turn++;
      const token = (await this.#startGuest(turn)) ?? this.#guest(turn);
      this.#count(await this.#post(turn, this.#holds(ALIASES[turn % ALIASES.length] ?? 1), token));
    }
  }

  async #attackBySocket(endsAt: number): Promise<void> {
    while (performance.now() < endsAt) {
      const turn = this.#turn++;
      const answer = await this.#holdOnSocket(turn, this.#holds(ALIASES[turn % ALIASES.length] ?? 1));
      this.#count(answer);
    }
  }

  #count({ data }: Answer): void {
    const results = Object.values(data ?? {});
    this.#seatsWon += SEATS_PER_HOLD * results.filter((result) => result?.__typename === 'Booking').length;
  }

  /** Returns the token of a new guest; null if it was refused. */
  async #startGuest(turn: number): Promise<string | null> {
    this.#calls++;
    const { data } = await this.#post(turn, 'mutation { guest: startGuestSession { token } }');
    const token = data?.['guest']?.token ?? null;
    if (token !== null) this.#guestsStarted++;
    return token;
  }

  #guest(turn: number): string {
    return this.#options.guests[turn % this.#options.guests.length] ?? '';
  }

  /** Returns a document that holds `count` blocks of seats. */
  #holds(count: number): string {
    this.#calls += count;
    const { id, number, seatCount } = this.#options.event;
    const holds = Array.from({ length: count }, (_, alias) => {
      const first = (this.#nextBlock++ * SEATS_PER_HOLD) % seatCount;
      const seats = Array.from({ length: SEATS_PER_HOLD }, (_seat, i) => encodeSeatId(number, first + i));
      return `h${alias}: holdSeats(input: {eventId: "${id}", seatIds: ${JSON.stringify(seats)}}) { __typename }`;
    });
    return `mutation { ${holds.join(' ')} }`;
  }

  /** Sends a request with a forged address. A request that gets no JSON counts as refused. */
  async #post(turn: number, query: string, token?: string): Promise<Answer> {
    const sent = http.request(`${this.#options.url}/graphql`, {
      method: 'POST',
      agent: this.#agents[turn % this.#agents.length],
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...forgeAddress(turn),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve);
      sent.on('error', reject);
    });
    sent.end(JSON.stringify({ query }));
    try {
      return JSON.parse(await text(await answered)) as Answer;
    } catch {
      return {};
    }
  }

  /** Sends the document on a socket of its own. A socket that is closed or silent counts as refused. */
  #holdOnSocket(turn: number, query: string): Promise<Answer> {
    const { url, addresses } = this.#options;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
      localAddress: addresses[turn % addresses.length],
      headers: forgeAddress(turn),
    });
    return new Promise((resolve) => {
      const end = (answer: Answer) => {
        clearTimeout(timer);
        socket.terminate();
        resolve(answer);
      };
      const timer = setTimeout(() => end({}), ANSWER_WITHIN_MS);
      const send = (message: object) => socket.send(JSON.stringify(message));
      socket.on('error', () => end({}));
      socket.on('close', () => end({}));
      socket.on('open', () =>
        send({ type: 'connection_init', payload: { authorization: this.#guest(turn) } }),
      );
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { type: string; payload?: Answer };
        if (message.type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query } });
        else if (message.type === 'next') end(message.payload ?? {});
        else if (message.type === 'error') end({});
      });
    });
  }
}

function forgeAddress(turn: number): { readonly 'x-forwarded-for': string } {
  return { 'x-forwarded-for': `203.0.${turn % 250}.${1 + (Math.floor(turn / 250) % 250)}` };
}
