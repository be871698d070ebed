import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addPartition } from '../../../scripts/partitions/add-partition.ts';
import { archivePartition } from '../../../scripts/partitions/archive-partition.ts';
import { readPartitions } from '../../../scripts/partitions/partitions.sql.ts';
import { partitionedTables } from '../../../scripts/partitions/tables.ts';
import { readCatalog } from '../../../scripts/schema/catalog.sql.ts';
import { foldPartitions } from '../../../scripts/schema/fold-partitions.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { assertInvariants, createBuyerId, waitForBlockedSessions } from '../../support/booking.ts';
import { findPartition, startSale } from './partitions.fixture.ts';

it('the comparison of partitions finds what one of them lacks', async () => {
  const sale = await startSale();
  await addPartition(sale.url);
  const number = (await readPartitions(sale.client)).at(-1)?.number ?? 0;
  await sale.client.query(`ALTER TABLE event_seats_p${number} DROP CONSTRAINT event_seats_event_id_fkey`);
  await sale.client.query(`ALTER TABLE bookings_p${number} SET (fillfactor = 100)`);
  const { differences } = foldPartitions(await readCatalog(sale.url));
  expect(differences.map(({ object }) => object).sort()).toEqual([
    'constraint event_seats.event_seats_event_id_fkey',
    'storage bookings',
  ]);
});

it('no seat can be claimed twice in any partition, whatever the code does', async () => {
  const sale = await startSale();
  const halls = [await sale.hall()];
  await addPartition(sale.url);
  halls.push(await sale.hall());
  for (const at of halls) {
    const buyerId = createBuyerId();
    const { id: released } = await sale.hold(at, [0], buyerId);
    await releaseBooking(sale.app, { eventId: at.eventId, bookingId: released, buyerId });
    const { id: held } = await sale.hold(at, [0]);
    const attempt = (statement: string) => sale.client.query(statement);
    await expect(
      attempt(`UPDATE bookings SET status = 'HOLD', ended_at = NULL WHERE id = '${released}'`),
    ).rejects.toMatchObject({ code: '23505' });
    await expect(
      attempt(
        `INSERT INTO booking_seats SELECT event_id, id, 0, status FROM bookings WHERE id = '${released}' ON CONFLICT (event_id, booking_id, seat_index) DO UPDATE SET booking_status = 'HOLD'`,
      ),
    ).rejects.toMatchObject({ code: '23505' });
    await expect(
      attempt(`UPDATE booking_seats SET booking_status = 'CONFIRMED' WHERE booking_id = '${held}'`),
    ).rejects.toMatchObject({ code: '23503' });
  }
});

it('attaches the tables of today without reading their rows', async () => {
  const sale = await startSale();
  await sale.client.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET client_min_messages = debug1', current_database()); END $$`,
  );
  const notices: string[] = [];
  // The session is the command's own.
  pg.Client.prototype.emit = function emit(this: pg.Client, ...args: [string, { message?: string }]) {
    if (args[0] === 'notice') notices.push(args[1].message ?? '');
    return EventEmitter.prototype.emit.apply(this, args);
  };
  onTestFinished(() => void Reflect.deleteProperty(pg.Client.prototype, 'emit'));
  const before = (await readPartitions(sale.client)).at(-1)?.number ?? 1;
  await addPartition(sale.url);
  for (const table of partitionedTables)
    expect(notices).toContain(
      `partition constraint for table "${table}_p${before}" is implied by existing constraints`,
    );
});

it('can be repeated after an interruption', async () => {
  const sale = await startSale();
  const newest = (await readPartitions(sale.client)).at(-1)?.number ?? 1;
  const suffix = (await readPartitions(sale.client)).length === 0 ? '' : `_p${newest}`;
  await sale.client.query(`CREATE TABLE bookings_p${newest + 1} (event_id int);
    ALTER TABLE bookings${suffix} ADD CONSTRAINT partition_bound CHECK (event_id < 10) NOT VALID`);
  await addPartition(sale.url);
  expect(foldPartitions(await readCatalog(sale.url)).differences).toEqual([]);
});

it('roles keep their rights on the tables', async () => {
  const sale = await startSale();
  const role = `reader_${randomUUID().replaceAll('-', '')}`;
  await sale.client.query(`CREATE ROLE ${role}; GRANT SELECT ON bookings TO ${role}`);
  await addPartition(sale.url);
  const { rows } = await sale.client.query(
    `SELECT has_table_privilege($1, 'bookings', 'SELECT') AS reads, has_table_privilege($1, 'bookings', 'UPDATE') AS writes`,
    [role],
  );
  await sale.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  expect(rows).toEqual([{ reads: true, writes: false }]);
});

describe('archiving', () => {
  it('moves the events of a partition into a schema, and the others go on', async () => {
    const sale = await startSale();
    const old = await sale.oldHall();
    await addPartition(sale.url);
    const young = await sale.hall();
    await sale.hold(young, [0]);
    const { schema, events } = await archivePartition(
      sale.url,
      await findPartition(sale.client, old.eventId),
    );
    expect(events).toBe(1);
    expect(await sale.reads.event.count({ where: { id: old.eventId } })).toBe(0);
    for (const table of partitionedTables) expect([table, await sale.count(table, old)]).toEqual([table, 0]);
    expect(await sale.count(`${schema}.booking_seats`, old)).toBe(1);
    expect(await sale.count(`${schema}.event_seats`, old)).toBe(old.seatCount);
    expect(await sale.count(`${schema}.price_tiers`, old)).toBe(1);
    await sale.hold(young, [1]);
    await assertInvariants(sale.reads);
    // Nothing outside refers to it.
    await sale.client.query(`DROP SCHEMA ${schema} CASCADE`);
    await sale.hold(await sale.hall(), [0]);
    expect(foldPartitions(await readCatalog(sale.url)).differences).toEqual([]);
  });

  it('refuses the newest partition, and one with an event that began today or a hold', async () => {
    const sale = await startSale();
    const at = await sale.oldHall();
    await addPartition(sale.url);
    const number = await findPartition(sale.client, at.eventId);
    const archive = () => archivePartition(sale.url, number);
    await expect(archivePartition(sale.url, number + 1)).rejects.toThrow('is the newest');
    await expect(archivePartition(sale.url, 99)).rejects.toThrow('There is no partition 99');
    await sale.client.query(
      `UPDATE events SET starts_at = now() - interval '23 hours' WHERE id = ${at.eventId}`,
    );
    await expect(archive()).rejects.toThrow(`event ${at.eventId} of partition`);
    await sale.client.query(
      `UPDATE events SET starts_at = now() - interval '25 hours' WHERE id = ${at.eventId}`,
    );
    await sale.client
      .query(`INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at)
      VALUES (${at.eventId}, gen_random_uuid(), gen_random_uuid(), 'HOLD', 1, 0, now() - interval '3 days', now() - interval '2 days')`);
    await expect(archive()).rejects.toThrow('bookings in HOLD');
    expect(await sale.count('event_seats', at)).toBe(at.seatCount);
    await sale.client.query(`DELETE FROM bookings WHERE event_id = ${at.eventId} AND status = 'HOLD'`);
    expect((await archive()).events).toBe(1);
  });

  it('notices an event that is put off meanwhile', async () => {
    const sale = await startSale();
    const at = await sale.oldHall();
    await addPartition(sale.url);
    await sale.client.query('BEGIN');
    await sale.client.query(
      `UPDATE events SET starts_at = now() + interval '1 day' WHERE id = ${at.eventId}`,
    );
    const archived = archivePartition(sale.url, await findPartition(sale.client, at.eventId));
    const outcome = archived.catch((error: unknown) => error);
    await waitForBlockedSessions(sale.reads, 1);
    await sale.client.query('COMMIT');
    expect(await outcome).toMatchObject({
      message: expect.stringContaining(`event ${at.eventId} of partition`),
    });
    expect(await sale.count('event_seats', at)).toBe(at.seatCount);
  });
});
