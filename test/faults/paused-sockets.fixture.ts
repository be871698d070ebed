import { once } from 'node:events';
import { WebSocket } from 'ws';
import { withTimeout } from '../../src/platform/with-timeout.ts';
import { encodeEventId } from '../../src/platform/ids.ts';
import type { SeatStatusCode } from '../../src/messaging/messages.ts';
import type { FeedMessage } from '../../src/seating/live/feed-message.ts';
import { seatUpdates, updateOf } from '../api/fanout/shared.fixture.ts';
import { SeatMapClient } from '../support/clients/seat-map-client.ts';

const OPENED_AT_ONCE = 50;
const PATIENCE_MS = 90_000;
const KEPT_MAX = 1_024;

const codes: Readonly<Record<string, SeatStatusCode>> = { AVAILABLE: 0, HELD: 1, BOOKED: 2, BLOCKED: 3 };
const kept = new Map<string, { readonly data: Buffer; readonly message: FeedMessage }>();
/** Start of a frame that contains its kind and its versions. */
const START_BYTES = 200;

/**
 * Parses each distinct frame once, because all watchers get the same bytes and this process must keep up with a
 * thousand of them.
 */
function messageOf(data: Buffer): FeedMessage {
  const start = data.toString('latin1', 0, START_BYTES);
  const known = kept.get(start);
  if (known?.data.equals(data)) return known.message;
  const { payload } = JSON.parse(data.toString()) as { readonly payload: unknown };
  const { __typename: type, version, fromVersion, states, seats } = updateOf(payload);
  const message: FeedMessage =
    type === 'SeatMapSnapshot'
      ? { kind: 'snapshot', version, states }
      : {
          kind: 'changes',
          fromVersion,
          version,
          seats: seats.map(({ index, status }) => [index, codes[status] ?? 0] as const),
        };
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(start, { data, message });
  return message;
}

interface Watcher {
  readonly socket: WebSocket;
  readonly follower: SeatMapClient;
}

/** Many sockets that watch one event, each with its own map. */
export class Crowd {
  readonly watchers: Watcher[] = [];
  readonly #seatCount: number;
  /** Codes of sockets that the server closed. */
  readonly closed: number[] = [];
  #target = Infinity;
  #behind = 0;
  #arrived: () => void = () => undefined;

  private constructor(seatCount: number) {
    this.#seatCount = seatCount;
  }

  static async open(url: string, eventId: number, seatCount: number, size: number): Promise<Crowd> {
    const crowd = new Crowd(seatCount);
    while (crowd.watchers.length < size)
      await Promise.all(Array.from({ length: OPENED_AT_ONCE }, () => crowd.#join(url, eventId)));
    return crowd;
  }

  async #join(url: string, eventId: number): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    const watcher = { socket, follower: new SeatMapClient(this.#seatCount) };
    socket.on('message', (data: Buffer) => this.#take(watcher, messageOf(data)));
    const first = once(socket, 'message');
    const payload = { query: seatUpdates, variables: { e: encodeEventId(eventId) } };
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    await first;
    socket.on('close', (code) => this.closed.push(code));
    this.watchers.push(watcher);
  }

  #take({ follower }: Watcher, message: FeedMessage): void {
    const before = follower.version ?? -1;
    follower.apply(message);
    if (before >= this.#target || message.version < this.#target) return;
    if (--this.#behind === 0) this.#arrived();
  }

  /** Resolves when every map has reached the version. Only one caller at a time. */
  async reached(version: number): Promise<void> {
    this.#target = version;
    this.#behind = this.watchers.filter(({ follower }) => (follower.version ?? -1) < version).length;
    if (this.#behind === 0) return;
    const all = new Promise<void>((resolve) => (this.#arrived = resolve));
    await withTimeout(
      all,
      PATIENCE_MS,
      () =>
        new Error(
          `${this.#behind} did not reach version ${version}; closed: ${this.closed.slice(0, 5).join()}`,
        ),
    );
  }

  pause(): void {
    for (const { socket } of this.watchers) socket.pause();
  }

  resume(): void {
    for (const { socket } of this.watchers) socket.resume();
  }

  /** Sends an unsolicited pong, because a paused reader can't receive pings. */
  sayAlive(): void {
    for (const { socket } of this.watchers) socket.pong();
  }

  close(): void {
    for (const { socket } of this.watchers) socket.removeAllListeners('close').terminate();
  }

  /** The distinct numbers of snapshots that the sockets received. One number if all received the same. */
  get snapshots(): ReadonlySet<number> {
    const count = ({ messages }: SeatMapClient) => messages.filter(({ kind }) => kind === 'snapshot').length;
    return new Set(this.watchers.map(({ follower }) => count(follower)));
  }

  get gaps(): number {
    return this.watchers.reduce((sum, { follower }) => sum + follower.gaps.length, 0);
  }

  get maps(): ReadonlySet<string> {
    return new Set(this.watchers.map(({ follower }) => `${follower.version} ${follower.states}`));
  }
}
