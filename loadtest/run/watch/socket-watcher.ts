import { once } from 'node:events';
import { WebSocket } from 'ws';
import { localAddressFor } from '../post.ts';

const SUBSCRIPTION = `subscription ($id: ID!) { seatUpdates(eventId: $id) {
  ... on SeatMapSnapshot { version states } ... on SeatsChanged { fromVersion version seats { index status } } } }`;
const CODES = { AVAILABLE: 0, HELD: 1, BOOKED: 2, BLOCKED: 3 } as const;

interface Update {
  readonly version: number;
  readonly states?: string;
  readonly fromVersion?: number;
  readonly seats?: readonly { readonly index: number; readonly status: keyof typeof CODES }[];
}

export interface WatchOptions {
  readonly url: string;
  readonly eventId: string;
  readonly seatCount: number;
  /** Number of this client, which determines its local address. */
  readonly client: number;
  /** Receives the versions and the arrival time of each message but snapshots. */
  readonly onChanges: (fromVersion: number, version: number, at: number) => void;
}

/** A subscribed socket and the map that it shows. */
export class SocketWatcher {
  readonly #seatCount: number;
  #states = Buffer.alloc(0);
  version = -1;
  messages = 0;
  gaps = 0;
  resyncs = 0;
  isClosed = false;

  constructor(seatCount: number) {
    this.#seatCount = seatCount;
  }

  /** Applies a message as a page does. */
  take({ version, states, fromVersion, seats = [] }: Update): void {
    this.messages++;
    if (states !== undefined) {
      if (this.version >= 0) this.resyncs++;
      this.#states = Buffer.from(states, 'base64');
    } else {
      if (fromVersion !== this.version) this.gaps++;
      for (const { index, status } of seats) this.#set(index, CODES[status]);
    }
    this.version = version;
  }

  /** Returns whether it shows this map, or a newer one. */
  shows(version: number, states: string): boolean {
    if (this.version > version) return true;
    return this.version === version && this.#states.toString('base64') === states;
  }

  #set(index: number, code: number): void {
    if (index >= this.#seatCount) throw new RangeError(`seat ${index} of ${this.#seatCount}`);
    const byte = index >> 2;
    const shift = 2 * (index & 3);
    this.#states[byte] = ((this.#states[byte] ?? 0) & ~(3 << shift)) | (code << shift);
  }
}

/** The last text that was parsed: all sockets receive the same bytes. */
let parsed: { readonly text: string; readonly message: Message } | null = null;

interface Message {
  readonly type: string;
  readonly payload?: { readonly data?: { readonly seatUpdates?: Update } };
}

function parseMessage(text: string): Message {
  if (parsed?.text !== text) parsed = { text, message: JSON.parse(text) as Message };
  return parsed.message;
}

/** Opens a socket and subscribes. Resolves when the first message has arrived. */
export async function watch({
  url,
  eventId,
  seatCount,
  client,
  onChanges,
}: WatchOptions): Promise<SocketWatcher> {
  const localAddress = localAddressFor(url, 2, client);
  const socket = new WebSocket(
    `${url.replace(/^http/, 'ws')}/graphql`,
    'graphql-transport-ws',
    localAddress === undefined ? {} : { localAddress },
  );
  const watcher = new SocketWatcher(seatCount);
  const first = Promise.withResolvers<void>();
  await once(socket, 'open');
  socket.on('message', (data: Buffer) => {
    const at = performance.timeOrigin + performance.now();
    const { type, payload } = parseMessage(data.toString('utf8'));
    const update = payload?.data?.seatUpdates;
    if (type === 'connection_ack') {
      const variables = { id: eventId };
      socket.send(
        JSON.stringify({ id: '1', type: 'subscribe', payload: { query: SUBSCRIPTION, variables } }),
      );
    } else if (type === 'ping') socket.send('{"type":"pong"}');
    else if (update !== undefined) {
      watcher.take(update);
      if (update.fromVersion !== undefined) onChanges(update.fromVersion, update.version, at);
      first.resolve();
    } else first.reject(new Error(`unexpected message: ${data.toString('utf8').slice(0, 300)}`));
  });
  socket.on('close', (code) => {
    watcher.isClosed = true;
    first.reject(new Error(`the server closed the socket with ${code}`));
  });
  socket.on('error', (error) => first.reject(error));
  socket.send('{"type":"connection_init"}');
  await first.promise;
  return watcher;
}
