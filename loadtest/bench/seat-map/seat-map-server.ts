import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchema, createYoga } from 'graphql-yoga';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { serveApi } from '../../../src/main/api.ts';
import { createContext } from '../../../src/main/context.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { connectDatabase } from '../../../src/platform/database/db.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { ownCpuSeconds } from '../cpu.ts';
import { getRequest, HttpConnection } from '../http/http-client.ts';
import { FREE_SEATS, seatMapPath } from './seat-map-event.ts';

/*
 * One of the compared servers, as a child process: seat-map-server.ts sellout|bare|list EVENT [PORT OF SELLOUT]. Sends its port
 * to the parent, then reports its CPU time or changes the map on request.
 */

export type SeatMapServerKind = 'sellout' | 'bare' | 'list';

const [kind = '', eventNumber, productPort] = process.argv.slice(2);
const eventId = Number(eventNumber);
/** Alternately holds and releases some seats. Does nothing on servers that can't change. */
let change = (): Promise<void> => Promise.resolve();

/** Starts Sellout with a live feed of the event. */
async function sellout(): Promise<number> {
  const context = await createContext(loadConfig());
  await context.feeds.acquire(eventId);
  const buyerId = randomUUID();
  const seats = Array.from({ length: FREE_SEATS }, (_, index) => index);
  let held: string | null = null;
  change = async () => {
    if (held === null) {
      const hold = { buyerId, eventId, seats, idempotencyKey: null, onConflict: 'FAIL' } as const;
      held = (await holdSeats(context, hold)).id;
    } else {
      await releaseBooking(context, { buyerId, eventId, bookingId: held });
      held = null;
    }
  };
  return (await serveApi(context)).port;
}

/** Starts a server that sends Sellout's responses from memory: uncompressed, in br, and 304. */
async function bare(): Promise<number> {
  const connection = await HttpConnection.open(Number(productPort));
  const fetched = async (headers: Record<string, string>) => {
    const { status, head, body } = await connection.send(getRequest(seatMapPath(eventId), headers));
    const lines = head.split('\r\n').slice(1);
    const fields = lines.map((line) => line.split(': ', 2) as [string, string]);
    const own = ['connection', 'keep-alive', 'date'];
    const kept = Object.fromEntries(fields.filter(([name]) => !own.includes(name.toLowerCase())));
    return { status, headers: kept, body: Buffer.from(body) };
  };
  const plain = await fetched({});
  const br = await fetched({ 'accept-encoding': 'br' });
  const unchanged = await fetched({ 'if-none-match': '*' });
  connection.close();
  return listen(
    createServer((req, res) => {
      const whole = req.headers['accept-encoding'] === 'br' ? br : plain;
      const { status, headers, body } = req.headers['if-none-match'] === undefined ? whole : unchanged;
      res.writeHead(status, headers);
      if (status === 200) res.end(body);
      else res.end();
    }),
  );
}

/** Starts Yoga as in its documentation, with a plain list of seats. */
async function list(): Promise<number> {
  const config = loadConfig();
  const { reads } = connectDatabase(config.databaseUrl, createLogger(config.logLevel));
  const read = () =>
    reads.eventSeat.findMany({
      where: { eventId },
      select: { index: true, status: true },
      orderBy: { index: 'asc' },
    });
  const inMemory = await read();
  const schema = createSchema({
    typeDefs: `type Query { seats: [Seat!]! seatsInMemory: [Seat!]! }
      type Seat { index: Int! status: SeatStatus! }
      enum SeatStatus { AVAILABLE HELD BOOKED BLOCKED }`,
    resolvers: { Query: { seats: read, seatsInMemory: () => inMemory } },
  });
  const yoga = createYoga({ schema, logging: false });
  return listen(createServer((req, res) => void yoga(req, res)));
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

const starts: Record<SeatMapServerKind, () => Promise<number>> = { sellout, bare, list };
const port = await starts[kind as SeatMapServerKind]();
process.on('message', (request: 'cpu' | 'change') => {
  if (request === 'cpu') return void process.send?.({ cpuSeconds: ownCpuSeconds() });
  void change().then(() => process.send?.({}));
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port });
