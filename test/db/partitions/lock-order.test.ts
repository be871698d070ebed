import { afterAll, beforeAll, expect, it } from 'vitest';
import { partitionedTables } from '../../../scripts/partitions/tables.ts';
import { lockBuyers, lockSeats, readLocked, readPlan } from '../../../src/booking/batch/batch-reads.sql.ts';
import { connectDatabase, sql, type Database, type Tx } from '../../../src/platform/database/db.ts';
import { createBuyerId, silent } from '../../support/booking.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';

let created: TestDatabase;
let database: Database;
let hall: Hall;

beforeAll(async () => {
  created = await createTestDatabase();
  database = connectDatabase(created.url, silent);
  hall = await createHall(database.reads);
});
afterAll(async () => {
  await database.close();
  await created.drop();
});

/** Returns which of the tables a transaction has touched, in the order in which they are locked for a change. */
async function readTouched(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ name: string }[]>(
    sql`SELECT DISTINCT relation::regclass::text AS name FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'`,
  );
  const names = new Set(rows.map(({ name }) => name));
  return partitionedTables.filter((table) => names.has(table));
}

it('the tables are locked for a change in the order in which batches touch them, so that neither waits for the other', async () => {
  const { eventId } = hall;
  const buyerId = createBuyerId();
  const found = await database.batches.$transaction(async (tx) => {
    const touched: (readonly string[])[] = [];
    const plan = await readPlan(tx, eventId, [buyerId], 1_000);
    if (plan === null) throw new Error('the event is missing');
    touched.push(await readTouched(tx));
    await lockBuyers(tx, plan.tables, eventId, [buyerId]);
    touched.push(await readTouched(tx));
    const toLock = { seats: [0], bookingIds: [], contested: [] };
    await lockSeats(tx, plan.tables, eventId, toLock, false);
    touched.push(await readTouched(tx));
    const keys = [{ buyerId, operation: 'confirmBooking', keyHash: '00', inputHash: '00' }] as const;
    await readLocked(tx, plan.tables, eventId, {
      bookingIds: [],
      buyerIds: [buyerId],
      keys,
      admittedIds: [],
    });
    touched.push(await readTouched(tx));
    return touched;
  });
  expect(found).toEqual([1, 2, 4, 5].map((count) => partitionedTables.slice(0, count)));
});
