import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PubSub } from 'graphql-subscriptions';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { serveApi } from '../../../src/main/api.ts';
import { createContext } from '../../../src/main/context.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { SEATS } from '../arena.ts';
import { ownCpuSeconds } from '../cpu.ts';

/*
 * One of the compared servers, as a child process: fan-out-server.ts bare|stock|feed|sellout EVENT SEATS. Sends its port to the
 * parent. On request, makes a change and reports when it was committed or published, or reports its CPU time or memory.
 */

export type FanOutKind = 'bare' | 'stock' | 'feed' | 'sellout';

export interface FanOutReport {
  readonly port?: number;
  readonly changedAt?: number;
  readonly cpuSeconds?: number;
  readonly memory?: NodeJS.MemoryUsage;
}

const kind = process.argv[2] as FanOutKind;
const eventId = Number(process.argv[3]);
const changing = Array.from({ length: Number(process.argv[4]) }, (_, index) => index);
const now = () => performance.timeOrigin + performance.now();

interface Contender {
  readonly port: number;
  /** Holds or releases the seats, and returns the time of the COMMIT or of the publication. */
  change(count: number): Promise<number>;
}

function message(count: number) {
  const status = count % 2 === 0 ? 'HELD' : 'AVAILABLE';
  const seats = changing.map((index) => ({ index, status }));
  return { __typename: 'SeatsChanged', fromVersion: count, version: count + 1, seats };
}

/** First message of every subscription: a map as large as Sellout's. */
const snapshot = {
  __typename: 'SeatMapSnapshot',
  version: 0,
  states: Buffer.alloc(Math.ceil(SEATS / 4)).toString('base64'),
};
/** Same interval as Sellout and graphql-ws. */
const PING_EVERY_MS = 12_000;

/** Starts plain `ws` with the pings of its documentation, as the upper bound. */
async function bare(): Promise<Contender> {
  const http = createServer();
  const sockets = new Set<WebSocket>();
  const answering = new Set<WebSocket>();
  const first = JSON.stringify({ id: '1', type: 'next', payload: { data: { seatUpdates: snapshot } } });
  const server = new WebSocketServer({ server: http, handleProtocols: () => 'graphql-transport-ws' });
  server.on('connection', (socket) => {
    socket.once('message', () => socket.send('{"type":"connection_ack"}'));
    socket.on('message', (data: Buffer) => {
      if (!data.toString().includes('"subscribe"')) return;
      socket.send(first);
      sockets.add(socket);
    });
    socket.on('pong', () => answering.add(socket));
    answering.add(socket);
  });
  setInterval(() => {
    for (const socket of sockets) {
      if (!answering.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_EVERY_MS);
  return {
    port: await listen(http),
    change(count) {
      const at = now();
      const text = JSON.stringify({
        id: '1',
        type: 'next',
        payload: { data: { seatUpdates: message(count) } },
      });
      for (const socket of sockets) socket.send(text);
      return Promise.resolve(at);
    },
  };
}

/** Starts graphql-ws with a PubSub, as in their documentation. */
async function stock(): Promise<Contender> {
  const http = createServer();
  const schema = buildSchema(`type Query { a: Int }
    type Subscription { seatUpdates(eventId: ID!): SeatUpdate! }
    union SeatUpdate = SeatMapSnapshot | SeatsChanged
    type SeatMapSnapshot { version: Int! states: String! }
    type SeatsChanged { fromVersion: Int! version: Int! seats: [SeatChange!]! }
    type SeatChange { index: Int! status: SeatStatus! }
    enum SeatStatus { AVAILABLE HELD BOOKED BLOCKED }`);
  const pubsub = new PubSub({ eventEmitter: new EventEmitter().setMaxListeners(0) });
  const field = schema.getSubscriptionType()?.getFields()['seatUpdates'];
  if (field === undefined) throw new Error('the schema has no seatUpdates');
  field.subscribe = async function* seatUpdates() {
    const changes = pubsub.asyncIterableIterator('seats');
    const first = changes.next();
    yield { seatUpdates: snapshot };
    yield (await first).value;
    for (;;) yield (await changes.next()).value;
  };
  useServer({ schema }, new WebSocketServer({ server: http }));
  return {
    port: await listen(http),
    async change(count) {
      const at = now();
      await pubsub.publish('seats', { seatUpdates: message(count) });
      return at;
    },
  };
}

/** Starts Sellout and passes changes to it directly, as to the other servers. */
async function feed(): Promise<Contender> {
  const context = await createContext(loadConfig());
  const { port } = await serveApi(context);
  // These changes are not in the database, so a poll would reset the feed.
  const followed = await context.feeds.acquire(eventId);
  followed.feed.checkVersion = () => undefined;
  let previousBatchId = followed.feed.peek()?.batchId ?? '';
  return {
    port,
    change(count) {
      const code = count % 2 === 0 ? 1 : 0;
      const seats = changing.map((index): [number, 0 | 1] => [index, code]);
      const at = now();
      const batches = { previousBatchId, batchId: randomUUID() };
      previousBatchId = batches.batchId;
      context.feeds.apply({
        eventId,
        fromVersion: count,
        version: count + 1,
        ...batches,
        seats,
        bookingIds: [],
      });
      return Promise.resolve(at);
    },
  };
}

/** Starts Sellout with a transaction per change. */
async function sellout(): Promise<Contender> {
  let committedAt = 0;
  const context = await createContext(loadConfig(), {
    onBatchStep: (step) => {
      if (step === 'committed') committedAt = now();
    },
  });
  const { port } = await serveApi(context);
  const buyerId = randomUUID();
  let bookingId = '';
  return {
    port,
    async change(count) {
      if (count % 2 === 0) {
        const hold = { buyerId, eventId, seats: changing, idempotencyKey: null, onConflict: 'FAIL' } as const;
        ({ id: bookingId } = await holdSeats(context, hold));
      } else await releaseBooking(context, { buyerId, eventId, bookingId });
      return committedAt;
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Returns the memory after garbage collection, repeated because finalizers release more memory. */
async function measureMemory(): Promise<NodeJS.MemoryUsage> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    collect();
    await sleep(300);
  }
  return process.memoryUsage();
}

const starts: Record<FanOutKind, () => Promise<Contender>> = { bare, stock, feed, sellout };
const contender = await starts[kind]();
let count = 0;
process.on('message', (request: 'change' | 'cpu' | 'memory') => {
  if (request === 'memory')
    return void measureMemory().then((memory) => process.send?.({ memory } satisfies FanOutReport));
  if (request === 'cpu') return void process.send?.({ cpuSeconds: ownCpuSeconds() } satisfies FanOutReport);
  void contender.change(count++).then((changedAt) => process.send?.({ changedAt } satisfies FanOutReport));
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: contender.port } satisfies FanOutReport);
