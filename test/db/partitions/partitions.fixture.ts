import pg from 'pg';
import { onTestFinished } from 'vitest';
import { readPartitions } from '../../../scripts/partitions/partitions.sql.ts';
import { confirmBooking } from '../../../src/booking/operations/confirm-booking.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { createBuyerId, startBookingProcess } from '../../support/booking.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { createHall, type Hall, type HallOptions } from '../../support/hall.ts';

const LONG_AGO = new Date(Date.now() - 48 * 3_600_000);

/** Creates a database, and a booking process on it. */
export async function startSale() {
  const database = await createTestDatabase();
  const app = startBookingProcess(database.url);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await app[Symbol.asyncDispose]();
    await database.drop();
  });
  const { reads } = app.database;
  const hall = (options: HallOptions = {}) => createHall(reads, options);
  const hold = (
    at: Hall,
    seats: number[],
    buyerId = createBuyerId(),
    idempotencyKey: string | null = 'hold',
  ) => holdSeats(app, { eventId: at.eventId, buyerId, seats, idempotencyKey, onConflict: 'FAIL' });
  /** Creates an event that began long ago, and sells a seat of it. */
  const oldHall = async (): Promise<Hall> => {
    const at = await hall();
    const buyerId = createBuyerId();
    const { id: bookingId } = await hold(at, [0], buyerId);
    await confirmBooking(app, { eventId: at.eventId, bookingId, buyerId, idempotencyKey: 'confirm' });
    await client.query(
      `UPDATE events SET on_sale_at = $2::timestamptz - interval '1 day', sale_ends_at = $2, cancelable_until = $2, starts_at = $2 WHERE id = $1`,
      [at.eventId, LONG_AGO],
    );
    return at;
  };
  const count = async (table: string, at: Hall): Promise<number> =>
    Number(
      (await client.query(`SELECT count(*) FROM ${table} WHERE event_id = ${at.eventId}`)).rows[0].count,
    );
  return { app, client, url: database.url, reads, hall, oldHall, hold, count };
}

/** Returns the number of the partition that has an event. */
export async function findPartition(client: pg.Client, eventId: number): Promise<number> {
  const partitions = await readPartitions(client);
  return partitions.find(({ from, to }) => eventId >= (from ?? 0) && eventId < (to ?? Infinity))?.number ?? 0;
}
