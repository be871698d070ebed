import { randomUUID } from 'node:crypto';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { serveApi } from '../../../src/main/api.ts';
import { createContext } from '../../../src/main/context.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { ownCpuSeconds } from '../cpu.ts';

/*
 * The API as a child process: map-server.ts EVENT FREE, where FREE is a list of free seats as JSON. On request, it starts or ends
 * to hold and release random seats at a steady rate.
 */

const [eventNumber, freeText = '[]'] = process.argv.slice(2);
const eventId = Number(eventNumber);
const free = JSON.parse(freeText) as number[];

/** 500 changes a second: 5 holds and 5 releases of 10 seats in a fifth of a second. */
const SEATS = 10;
const HOLDS = 5;
const EVERY_MS = 200;

const context = await createContext(loadConfig());
const server = await serveApi(context);
const standing: { buyerId: string; bookingId: string; seats: readonly number[] }[] = [];
let timer: ReturnType<typeof setInterval> | undefined;

async function change(): Promise<void> {
  const given = standing.splice(0, Math.max(0, standing.length - HOLDS));
  const holds = Array.from({ length: HOLDS }, hold);
  await Promise.all([...holds, ...given.map(release)]);
}

async function hold(): Promise<void> {
  const buyerId = randomUUID();
  const seats = Array.from({ length: SEATS }, () =>
    Number(free.splice(Math.floor(Math.random() * free.length), 1)[0]),
  );
  const input = { buyerId, eventId, seats, idempotencyKey: null, onConflict: 'FAIL' } as const;
  standing.push({ buyerId, bookingId: (await holdSeats(context, input)).id, seats });
}

async function release({ buyerId, bookingId, seats }: (typeof standing)[number]): Promise<void> {
  await releaseBooking(context, { buyerId, eventId, bookingId });
  free.push(...seats);
}

process.on('message', (request: 'cpu' | 'start' | 'stop') => {
  if (request === 'start') timer ??= setInterval(() => void change(), EVERY_MS);
  if (request === 'stop') {
    clearInterval(timer);
    timer = undefined;
  }
  process.send?.({ cpuSeconds: ownCpuSeconds() });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: server.port });
