import pg from 'pg';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { confirmBooking } from '../../../src/booking/operations/confirm-booking.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import type { Prisma } from '../../../src/generated/prisma/client.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { assertInvariants, startBookingProcess, type BookingProcess } from '../../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { createHall, type Hall, type HallOptions } from '../../support/hall.ts';

/** Sets up a booking process and a database for a test file, audits the database at the end, and returns helpers. */
export function bookingSuite() {
  let database: TestDatabase;
  let started: BookingProcess;
  beforeAll(async () => {
    database = await createTestDatabase();
    started = startBookingProcess(database.url);
  });
  afterAll(async () => {
    await assertInvariants(started.database.reads);
    await started[Symbol.asyncDispose]();
    await database.drop();
  });

  const app = () => started;

  const databaseUrl = () => database.url;

  /** Starts another process on the same database, with empty caches. */
  const anotherProcess = () => startBookingProcess(database.url);

  /** Runs SQL in a separate session, which stays open until the test ends or the returned function is called. */
  async function session(statements: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    let ended: Promise<void> | undefined;
    const end = () => (ended ??= client.end());
    onTestFinished(end);
    await client.query(statements);
    return end;
  }

  async function hall(options: HallOptions = {}, rules: Prisma.EventUpdateInput = {}): Promise<Hall> {
    const at = await createHall(started.database.reads, options);
    await started.database.reads.event.update({ where: { id: at.eventId }, data: rules });
    return at;
  }

  function hold(
    at: Hall,
    buyerId: string,
    seats: readonly number[],
    { key = null, alternative = false }: { key?: string | null; alternative?: boolean } = {},
  ) {
    const onConflict = alternative ? 'BEST_ALTERNATIVE' : 'FAIL';
    return holdSeats(started, { buyerId, eventId: at.eventId, seats, idempotencyKey: key, onConflict });
  }

  const confirm = (at: Hall, buyerId: string, bookingId: string, key: string | null = null) =>
    confirmBooking(started, { buyerId, eventId: at.eventId, bookingId, idempotencyKey: key });

  const release = (at: Hall, buyerId: string, bookingId: string) =>
    releaseBooking(started, { buyerId, eventId: at.eventId, bookingId });

  /** Returns the statuses of all seats, one digit each. */
  async function statusesOf(at: Hall): Promise<string> {
    const map = await readSeatMap(started.database.reads, at.eventId);
    return Array.from({ length: at.seatCount }, (_, index) => map?.states.get(index)).join('');
  }

  return { app, databaseUrl, anotherProcess, session, hall, hold, confirm, release, statusesOf };
}
