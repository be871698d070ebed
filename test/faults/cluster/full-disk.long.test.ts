import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { assertInvariants } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { SmallDisk } from '../../support/services/small-disk.ts';
import { TestCluster } from './cluster.fixture.ts';
import { Sale } from './sale.fixture.ts';

/*
 * The primary is on a disk of its own, which becomes full. Its standbys have space.
 */

const FIRST_PRIMARY = 'pg-1';
/** Enough for a few bookings. */
const LEFT_KILOBYTES = 64;
const BOOKINGS = 20;
const APIS = ['api-1', 'api-2'];

let disk: SmallDisk;
let cluster: TestCluster;

async function readModes(): Promise<unknown[]> {
  const nodes = cluster.nodes.nodes.filter(({ name }) => APIS.includes(name));
  const responses = await Promise.all(nodes.map(({ port }) => fetch(`http://127.0.0.1:${port}/ready`)));
  const states = (await Promise.all(responses.map((each) => each.json()))) as { mode: unknown }[];
  return states.map(({ mode }) => mode);
}

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('a primary whose disk is full (skipped without root: a disk is mounted)', () => {
  beforeAll(async () => {
    const mounted = SmallDisk.mount({ megabytes: 1_024 });
    if (mounted === null)
      throw new Error('This test mounts a disk. This process runs as root, but may not mount one.');
    disk = mounted;
    const link = (folder: string) =>
      symlinkSync(disk.makeFolder(FIRST_PRIMARY), path.join(folder, FIRST_PRIMARY));
    cluster = await TestCluster.start(link);
  });
  afterAll(async () => {
    await cluster.stop();
    disk[Symbol.dispose]();
  });

  it('refuses writes while tables cannot grow, shows maps, loses nothing, and writes again when there is space', async () => {
    const { database, hall, nodes, primary } = cluster;
    const sale = await Sale.start(cluster);
    await sale.confirmed(BOOKINGS);
    // There is space for the WAL until tables have none: the second statement creates the segment after the switch.
    await primary.ask('SELECT pg_switch_wal()');
    await primary.ask("SELECT pg_logical_emit_message(true, 'test', '')");
    disk.leaveKilobytes(LEFT_KILOBYTES);
    await eventually('all API processes are read-only', async () =>
      (await readModes()).every((mode) => mode === 'READ_ONLY'),
    );
    await eventually('buyers are told so', () => sale.refusals.has('READ_ONLY'));

    const map = await fetch(`${nodes.url}/events/${encodeEventId(hall.eventId)}/seat-map`);
    expect(map.status).toBe(200);
    const [event] = await database.worker.$queryRaw<[{ version: number }]>(
      sql`SELECT seat_version AS version FROM events WHERE id = ${hall.eventId}`,
    );
    expect(await map.json()).toMatchObject({ version: event.version });
    expect(await sale.readConfirmed()).toEqual(expect.arrayContaining(sale.bookings));

    disk.enlarge();
    await sale.confirmed(BOOKINGS);
    await sale.end();
    expect(sale.errors).toEqual([]);
    expect(await sale.readConfirmed()).toEqual(sale.bookings.toSorted());
    expect(cluster.primary).toBe(primary);
    await assertInvariants(database.worker);
  });

  it('sells on at a standby if the server ends, because its WAL cannot grow', async () => {
    const { database, primary: old } = cluster;
    expect(old.name).toBe(FIRST_PRIMARY);
    const hall = await createHall(database.worker, { rows: 20, seatsPerRow: 20, seatLimit: 400 });
    const sale = await Sale.start(cluster, hall);
    await sale.confirmed(BOOKINGS);
    disk.leaveKilobytes(LEFT_KILOBYTES);
    await eventually('a standby is promoted', async () => {
      // Uses up the segments of the WAL that exist, even if tables cannot grow either. The server ends meanwhile.
      await Promise.allSettled([
        old.ask("SELECT pg_logical_emit_message(true, 'test', ''), pg_switch_wal()"),
      ]);
      return cluster.primary !== old;
    });
    await sale.confirmed(BOOKINGS);
    await sale.end();
    expect(sale.errors).toEqual([]);
    expect(await sale.readConfirmed()).toEqual(sale.bookings.toSorted());
    await assertInvariants(database.worker);
    disk.enlarge();
    expect(await cluster.run('heal')).toBe('All nodes work.');
  });
});
