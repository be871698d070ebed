import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { post } from '../post.ts';
import type { Kind } from './people.ts';

const START_SESSION = 'mutation { startGuestSession { token } }';
const JOIN = `mutation ($eventId: ID!, $placeToken: String) { joinWaitingRoom(eventId: $eventId, placeToken: $placeToken) {
  ... on WaitingRoomPlace { token number estimatedWaitSeconds } ... on Error { code message } } }`;
const CLAIM = `mutation ($input: ClaimAdmissionInput!) { claimAdmission(input: $input) { __typename ... on Error { code } } }`;
const WATCH = `subscription ($id: ID!) { waitingRoomUpdates(eventId: $id) { state nowServing waiting inside } }`;

/** What everyone in a waiting room receives. */
export interface RoomUpdate {
  readonly state: string;
  readonly nowServing: number;
  readonly waiting: number;
  readonly inside: number;
}

interface PlaceAnswer {
  readonly joinWaitingRoom: {
    readonly token?: string;
    readonly number?: number | null;
    readonly estimatedWaitSeconds?: number | null;
    readonly code?: string;
  } | null;
}

/** A person whose number was called. */
export interface Called {
  readonly person: number;
  readonly kind: Kind;
  readonly token: string;
  readonly placeToken: string;
  readonly number: number;
  /** Times in milliseconds since 1970. */
  readonly calledAt: number;
  readonly estimatedAt: number;
  /** The server's estimate at `estimatedAt`. */
  readonly estimatedWaitSeconds: number | null;
}

export interface WaiterContext {
  readonly url: string;
  readonly eventId: string;
  readonly rejoinSeconds: number;
  readonly onCalled: (called: Called) => void;
  readonly onRoom: (room: RoomUpdate) => void;
  readonly onTook: (name: string, at: number, tookMs: number) => void;
  /** Receives every refusal and failure. */
  readonly onFailure: (what: string) => void;
}

/** A person who arrives, joins the waiting room, and waits with one socket until the number is called. */
export class Waiter {
  readonly #ctx: WaiterContext;
  readonly #localAddress: string | undefined;
  readonly person: number;
  readonly kind: Kind;
  #agent: http.Agent | null = null;
  #socket: WebSocket | null = null;
  #token = '';
  #placeToken = '';
  #estimate = { at: 0, seconds: null as number | null };
  #isRejoining = false;
  #isOver = false;
  number: number | null = null;
  /** Outcome of a claim before the number was called; null if none was tried. */
  earlyClaim: string | null = null;

  constructor(person: number, kind: Kind, localAddress: string | undefined, ctx: WaiterContext) {
    this.person = person;
    this.kind = kind;
    this.#localAddress = localAddress;
    this.#ctx = ctx;
  }

  get token(): string {
    return this.#token;
  }

  /** Resolves when the person waits. */
  async arrive(): Promise<void> {
    const { startGuestSession } = await this.#post<{ startGuestSession: { token: string } }>(
      'startGuestSession',
      START_SESSION,
      {},
    );
    this.#token = startGuestSession.token;
    await this.#join('joinWaitingRoom');
    if (this.kind !== 'buyer') await this.#claimEarly();
    await this.#watch();
    this.#closeConnection();
  }

  leave(): void {
    this.#isOver = true;
    this.#socket?.close();
  }

  async #join(name: string): Promise<void> {
    const { eventId } = this.#ctx;
    const placeToken = this.#placeToken === '' ? null : this.#placeToken;
    const answer = await this.#post<PlaceAnswer>(name, JOIN, { eventId, placeToken });
    const place = answer.joinWaitingRoom;
    if (place?.token === undefined) throw new Error(`${name}: ${place?.code ?? 'no place'}`);
    this.#placeToken = place.token;
    this.number = place.number ?? null;
    this.#estimate = { at: Date.now(), seconds: place.estimatedWaitSeconds ?? null };
  }

  /** Bots try the door as soon as they have a place. */
  async #claimEarly(): Promise<void> {
    const answer = await this.#post<{ claimAdmission: { __typename: string; code?: string } }>(
      'claimAdmission (early)',
      CLAIM,
      { input: { placeToken: this.#placeToken } },
    );
    this.earlyClaim = answer.claimAdmission.code ?? answer.claimAdmission.__typename;
  }

  async #watch(): Promise<void> {
    const { url, eventId } = this.#ctx;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
      ...(this.#localAddress === undefined ? {} : { localAddress: this.#localAddress }),
    });
    this.#socket = socket;
    const first = Promise.withResolvers<void>();
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data: Buffer) => {
      const { type, room } = readMessage(data);
      if (type === 'connection_ack')
        socket.send(
          JSON.stringify({
            id: '1',
            type: 'subscribe',
            payload: { query: WATCH, variables: { id: eventId } },
          }),
        );
      else if (type === 'ping') socket.send('{"type":"pong"}');
      else if (room === null) first.reject(new Error(`unexpected message of type ${type}`));
      else {
        first.resolve();
        this.#see(room);
      }
    });
    socket.on('close', (code) => {
      if (this.#isOver) return first.resolve();
      this.#ctx.onFailure(`the server closed a socket with ${code}`);
      first.reject(new Error(`closed with ${code}`));
    });
    socket.on('error', (error) => first.reject(error));
    await first.promise;
  }

  #see(room: RoomUpdate): void {
    this.#ctx.onRoom(room);
    if (this.#isOver) return;
    if (this.number !== null) {
      if (this.number <= room.nowServing) this.#goIn(this.number);
    } else if (room.state !== 'LOBBY' && !this.#isRejoining) {
      this.#isRejoining = true;
      this.#askForNumber().catch((error: unknown) => this.#ctx.onFailure(String(error)));
    }
  }

  /** All clients learn of the draw in the same second. They spread their requests. */
  async #askForNumber(): Promise<void> {
    await delay(Math.random() * this.#ctx.rejoinSeconds * 1_000);
    await this.#join('joinWaitingRoom (number)');
    this.#closeConnection();
    this.#isRejoining = false;
  }

  #goIn(number: number): void {
    this.leave();
    this.#ctx.onCalled({
      person: this.person,
      kind: this.kind,
      token: this.#token,
      placeToken: this.#placeToken,
      number,
      calledAt: Date.now(),
      estimatedAt: this.#estimate.at,
      estimatedWaitSeconds: this.#estimate.seconds,
    });
  }

  /** A browser keeps the connection longer. Here all people together would need more open files than a process may have. */
  #closeConnection(): void {
    this.#agent?.destroy();
    this.#agent = null;
  }

  async #post<T>(name: string, query: string, variables: object): Promise<T> {
    const startedAt = performance.now();
    const token = this.#token === '' ? undefined : this.#token;
    const { Agent } = this.#ctx.url.startsWith('https:') ? https : http;
    this.#agent ??= new Agent({ keepAlive: true, maxSockets: 1 });
    const answer = await post<T>(this.#ctx.url, query, variables, {
      localAddress: this.#localAddress,
      token,
      agent: this.#agent,
    });
    this.#ctx.onTook(name, Date.now(), performance.now() - startedAt);
    return answer;
  }
}

interface Message {
  readonly type: string;
  readonly room: RoomUpdate | null;
}

/** The last message and its bytes: all sockets of a server receive the same bytes. */
let last: { readonly bytes: Buffer; readonly message: Message } | null = null;

function readMessage(bytes: Buffer): Message {
  if (last?.bytes.equals(bytes) !== true) {
    const { type, payload } = JSON.parse(bytes.toString('utf8')) as {
      type: string;
      payload?: { data?: { waitingRoomUpdates?: RoomUpdate } | null };
    };
    const room = payload?.data?.waitingRoomUpdates ?? null;
    last = { bytes: Buffer.from(bytes), message: { type, room } };
  }
  return last.message;
}
