import { expect, it } from 'vitest';
import { addPartition } from '../../../scripts/partitions/add-partition.ts';
import { readPartitions } from '../../../scripts/partitions/partitions.sql.ts';
import { partitionedTables, PARTITIONS_MAX } from '../../../scripts/partitions/tables.ts';
import { readCatalog } from '../../../scripts/schema/catalog.sql.ts';
import { migrate } from '../../../scripts/schema/apply-migrations.ts';
import { findDrift } from '../../../scripts/schema/drift.ts';
import { foldPartitions } from '../../../scripts/schema/fold-partitions.ts';
import { getEventTables, seatsTableReading } from '../../../src/booking/batch/event-tables.ts';
import { confirmBooking } from '../../../src/booking/operations/confirm-booking.ts';
import { pruneHistory } from '../../../src/booking/operations/prune-history.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { checkDatabase } from '../../../src/platform/database/database-check.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { assertInvariants, createBuyerId } from '../../support/booking.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import type { Hall } from '../../support/hall.ts';
import { startSale } from './partitions.fixture.ts';

/** The column of each pruned table by which its rows get old. */
const dueColumns = {
  event_changes: 'committed_at',
  hold_requests: 'settled_at',
  idempotency_keys: 'prune_after',
};

it('partitions have everything that the tables had, and servers accept them', async () => {
  await using flat = await createTestDatabase();
  const before = foldPartitions(await readCatalog(flat.url)).folded;
  const sale = await startSale();
  while ((await readPartitions(sale.client)).length < PARTITIONS_MAX) await addPartition(sale.url);
  const { folded, differences } = foldPartitions(await readCatalog(sale.url));
  expect(differences).toEqual([]);
  expect(findDrift(folded, before, [])).toEqual([]);
  await checkDatabase(sale.url);
  expect(await migrate(sale.url)).toEqual([]);
  await expect(addPartition(sale.url)).rejects.toThrow(
    `There are ${PARTITIONS_MAX} partitions, the maximum.`,
  );
});

it('new events are in the new partition, old ones stay where they are, and both sell', async () => {
  const sale = await startSale();
  const old = await sale.hall();
  const { partition: added } = await addPartition(sale.url);
  const young = await sale.hall();
  expect(young.eventId).toBe(added.from);
  for (const at of [old, young]) {
    const buyerId = createBuyerId();
    const { id: bookingId } = await sale.hold(at, [1, 2], buyerId);
    await confirmBooking(sale.app, { eventId: at.eventId, bookingId, buyerId, idempotencyKey: null });
    await expect(sale.hold(at, [2])).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
  }
  for (const table of partitionedTables.filter((name) => name !== 'hold_requests')) {
    expect(await sale.count(`${table}_p${added.number}`, young)).toBeGreaterThan(0);
    expect(await sale.count(`${table}_p${added.number}`, old)).toBe(0);
  }
  for (const [at, leaf] of [
    [old, 'bookings_p1'],
    [young, `bookings_p${added.number}`],
  ] as const) {
    const read = sql`SELECT ${seatsTableReading} AS found FROM events e WHERE e.id = ${at.eventId}`;
    const [row] = await sale.reads.$queryRaw<{ found: string }[]>(read);
    expect(getEventTables(row?.found ?? null).bookings.sql).toBe(leaf);
  }
  expect(getEventTables('event_seats').bookings.sql).toBe('bookings');
  await assertInvariants(sale.reads);
});

it('pruning deletes nothing of another partition that has the same place in its table', async () => {
  const sale = await startSale();
  const halls = [await sale.hall()];
  await addPartition(sale.url);
  halls.push(await sale.hall());
  const [old, young] = halls as [Hall, Hall];
  // The rows of both have the same places, because their leaves are filled in the same order.
  for (const at of halls) {
    const buyerId = createBuyerId();
    const { id: bookingId } = await sale.hold(at, [0], buyerId);
    await sale.hold(at, [1]);
    await releaseBooking(sale.app, { eventId: at.eventId, bookingId, buyerId });
    await sale.client.query(
      `INSERT INTO hold_requests (event_id, id, buyer_id, input_hash, status)
       VALUES ($1, gen_random_uuid(), gen_random_uuid(), '', 'EXPIRED')`,
      [at.eventId],
    );
  }
  const read = async (table: string) => {
    const { rows } = await sale.client.query(
      `SELECT ctid, * FROM ${table} WHERE event_id = $1 ORDER BY ctid`,
      [young.eventId],
    );
    return rows as { ctid: string }[];
  };
  const before = new Map<string, { ctid: string }[]>();
  for (const [table, column] of Object.entries(dueColumns)) {
    await sale.client.query(
      `UPDATE ${table} SET ${column} = ${column} - interval '40 days' WHERE event_id = $1`,
      [old.eventId],
    );
    // The rows that are due, which the update has moved, have places that rows of the other partition get now.
    await sale.client.query(`UPDATE ${table} SET ${column} = ${column} WHERE event_id = $1`, [young.eventId]);
    before.set(table, await read(table));
    const { rows } = await sale.client.query(`SELECT ctid FROM ${table} WHERE event_id = $1`, [old.eventId]);
    expect(before.get(table)).toEqual(
      expect.arrayContaining(rows.map((row: { ctid: string }) => expect.objectContaining(row))),
    );
  }
  await pruneHistory(sale.reads, 30);
  expect(await sale.count('event_changes', old)).toBe(0);
  expect(await sale.count('hold_requests', old)).toBe(0);
  expect(await sale.count('idempotency_keys', old)).toBe(1);
  for (const [table, rows] of before) expect([table, await read(table)]).toEqual([table, rows]);
});
