import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { blockSeats } from '../../../src/booking/operations/block-seats.ts';
import { cancelBooking } from '../../../src/booking/operations/cancel-booking.ts';
import { changeSeats } from '../../../src/booking/operations/change-seats.ts';
import { confirmBooking } from '../../../src/booking/operations/confirm-booking.ts';
import { expireHolds } from '../../../src/booking/expiry/hold-sweeper.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { audit, auditLimits, type AuditContext, type AuditReport } from '../../../src/booking/audit/audit.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { createPublisher, createWatermarks } from '../../../src/messaging/publisher.ts';
import { createLiveMapReports } from '../../../src/seating/live/live-map-reports.ts';
import { SeatMapCache } from '../../../src/seating/map/seat-map-cache.ts';
import {
  createBuyerId,
  makeHoldOverdue,
  silent,
  startBookingProcess,
  unannounced,
  type BookingProcess,
} from '../../support/booking.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { startTestRedis } from '../../support/services/redis.ts';

export interface AuditBench extends AsyncDisposable {
  readonly app: BookingProcess;
  readonly databaseUrl: string;
  readonly hall: Hall;
  /** A booking that holds seat 0, and a confirmed one of seat 1. */
  readonly held: { readonly id: string; readonly buyerId: string };
  readonly owned: { readonly id: string; readonly buyerId: string };
  /** Runs SQL without triggers and foreign keys, in one transaction. */
  plant(...statements: string[]): Promise<void>;
  audit(overrides?: Partial<AuditContext>): Promise<AuditReport>;
  readonly redis: Redis;
  flushRedis(): Promise<unknown>;
}

/** Starts a database in which the product's own operations have made every kind of change. */
export async function startAuditBench(): Promise<AuditBench> {
  const [database, server] = await Promise.all([createTestDatabase(), startTestRedis()]);
  const app = startBookingProcess(database.url);
  const publisher = createPublisher(server.address, silent);
  const redis = connectRedis(server.address, 'test', silent);
  await eventually('Redis is connected', () => redis.status === 'ready');
  const hall = await createHall(app.database.reads);
  const owner = await liveThrough(app, hall);
  for (const message of app.committed) await publisher.publishSeatsChanged(message);
  await createWatermarks(redis).raise(hall.eventId, await versionOf(app, hall));

  return {
    app,
    databaseUrl: database.url,
    hall,
    ...owner,
    redis,
    flushRedis: () => server.everyNode((node) => node.flushall()),
    async plant(...statements) {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      try {
        await client.query('BEGIN; SET LOCAL session_replication_role = replica');
        for (const statement of statements) await client.query(statement);
        await client.query('COMMIT');
      } finally {
        await client.end();
      }
    },
    audit: (overrides) =>
      audit({
        db: app.database.worker,
        watermarks: createWatermarks(redis),
        cachedMaps: new SeatMapCache(redis, silent),
        liveMaps: createLiveMapReports(redis),
        swept: true,
        limits: { ...auditLimits, historyDays: 30 },
        ...overrides,
      }),
    async [Symbol.asyncDispose]() {
      await publisher.close();
      redis.disconnect();
      await app[Symbol.asyncDispose]();
      await Promise.all([database.drop(), server.stop()]);
    },
  };
}

async function versionOf({ database }: BookingProcess, { eventId }: Hall): Promise<number> {
  const event = await database.reads.event.findUniqueOrThrow({ where: { id: eventId } });
  return event.seatVersion;
}

async function liveThrough(app: BookingProcess, { eventId, organizerId }: Hall) {
  const hold = async (buyerId: string, ...seats: number[]) => {
    const { id } = await holdSeats(app, {
      buyerId,
      eventId,
      seats,
      idempotencyKey: randomUUID(),
      onConflict: 'FAIL',
    });
    return { buyerId, eventId, bookingId: id };
  };
  const confirmed = async (buyerId: string, ...seats: number[]) => {
    const booking = await hold(buyerId, ...seats);
    await confirmBooking(app, { ...booking, idempotencyKey: randomUUID() });
    return booking;
  };
  const held = await hold(createBuyerId(), 0);
  const owned = await confirmed(createBuyerId(), 1);
  await releaseBooking(app, await hold(createBuyerId(), 2, 3));
  await changeSeats(app, { ...(await hold(createBuyerId(), 4)), seats: [5, 6] });
  const canceled = await confirmed(createBuyerId(), 7);
  await cancelBooking(app, { eventId, bookingId: canceled.bookingId, callerId: organizerId });
  await blockSeats(app, { eventId, organizerId, seats: [8, 9] });
  const overdue = await hold(createBuyerId(), 10);
  await makeHoldOverdue(app.database.reads, overdue.bookingId);
  await hold(createBuyerId(), 10);
  const swept = await hold(createBuyerId(), 11);
  await makeHoldOverdue(app.database.reads, swept.bookingId);
  await expireHolds({
    ...unannounced,
    db: app.database.worker,
    defaultHoldTtlMs: 300_000,
  });
  return {
    held: { id: held.bookingId, buyerId: held.buyerId },
    owned: { id: owned.bookingId, buyerId: owned.buyerId },
  };
}

/** Returns the invariants that are broken or could not be checked. */
export const broken = ({ findings }: AuditReport) =>
  findings.flatMap(({ id, count }) => (count === 0 ? [] : [id]));

/** Statements that break an invariant. */
export type Plant = (bench: AuditBench) => readonly string[];

/** Records one more batch with its steps (seat, from, to, booking) and its bookings with their statuses. */
export const record = (steps: readonly string[], bookings: Readonly<Record<string, string>>) => {
  const column = (i: number) => steps.map((step) => `'${step.split(' ')[i] ?? ''}'`).join(', ');
  const ids = Object.keys(bookings).map((id) => `'${id}'`);
  const statuses = Object.values(bookings).map((status) => `'${status}'`);
  return `WITH raised AS (UPDATE events SET seat_version = seat_version + 1, previous_batch_id = batch_id, batch_id = gen_random_uuid()
      RETURNING id, seat_version, batch_id, previous_batch_id)
    INSERT INTO event_changes (event_id, version, batch_id, previous_batch_id, committed_at, step_seats, step_from, step_to, step_bookings, booking_ids, booking_statuses)
    SELECT id, seat_version, batch_id, previous_batch_id, now(), ARRAY[${column(0)}]::int[], ARRAY[${column(1)}]::seat_status[],
      ARRAY[${column(2)}]::seat_status[], ARRAY[${column(3)}]::uuid[], ARRAY[${ids.join(', ')}]::uuid[],
      ARRAY[${statuses.join(', ')}]::booking_status[] FROM raised`;
};
