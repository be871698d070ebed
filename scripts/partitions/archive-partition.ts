import type pg from 'pg';
import {
  copyRows,
  deleteEvents,
  findKeptEvent,
  hasHolds,
  lockEvents,
  readEventTables,
} from './archived-events.sql.ts';
import { readForeignKeys } from './leaves.sql.ts';
import { readPartitions } from './partitions.sql.ts';
import { inTransaction, type LockedMs, lockTables, withPartitionSession } from './session.ts';
import { getLeaf, type Partition, partitionedTables } from './tables.ts';

export interface ArchivedPartition {
  readonly partition: Partition;
  /** The schema that has the tables now. Nothing in it refers to other tables. */
  readonly schema: string;
  readonly events: number;
  readonly lockedMs: LockedMs;
}

/**
 * Detaches a partition, and moves it with the rows of its events into a schema of its own. To the servers, its events no
 * longer exist. Reads and writes of other events wait for milliseconds. Can be repeated if it was interrupted.
 *
 * @throws if the partition is the newest, or if one of its events may not be archived yet.
 */
export async function archivePartition(databaseUrl: string, number: number): Promise<ArchivedPartition> {
  return withPartitionSession(databaseUrl, async (client) => {
    const partition = await findOldPartition(client, number);
    const schema = `archive_p${number}`;
    await assertOver(client, partition);
    const lockedMs: LockedMs = {};
    await inTransaction(client, 'disconnect', lockedMs, (locked) =>
      disconnectLeaves(client, partition, locked),
    );
    const events = await inTransaction(client, 'detach', lockedMs, async (locked) => {
      // The slow part locks only the rows of the events. Nothing of them changes any longer, for each batch changes its event.
      await lockEvents(client, partition);
      await assertOver(client, partition); // guard: archived-events-over
      await client.query(`CREATE SCHEMA ${schema}`);
      const count = await moveEvents(client, partition, schema);
      await lockTables(client, [{ tables: partitionedTables, mode: 'ACCESS EXCLUSIVE' }]);
      locked();
      for (const table of partitionedTables) {
        const leaf = getLeaf(table, number);
        await client.query(`ALTER TABLE ${table} DETACH PARTITION ${leaf}`);
        await client.query(`ALTER TABLE ${leaf} SET SCHEMA ${schema}`);
        await client.query(`ALTER TABLE ${schema}.${leaf} RENAME TO ${table}`);
      }
      return count;
    });
    return { partition, schema, events, lockedMs };
  });
}

async function findOldPartition(client: pg.Client, number: number): Promise<Partition> {
  const partitions = await readPartitions(client);
  const partition = partitions.find((each) => each.number === number);
  if (partition === undefined)
    throw new Error(
      partitions.length === 0
        ? 'The tables are not partitioned. npm run partition -- add starts with it.'
        : `There is no partition ${number}. npm run partition -- list prints them.`,
    );
  // guard: newest-partition-kept
  if (partition.to === null)
    throw new Error(`Partition ${number} is the newest: new events go into it. Add another one first.`);
  return partition;
}

async function assertOver(client: pg.Client, partition: Partition): Promise<void> {
  const { number } = partition;
  const kept = await findKeptEvent(client, partition);
  // guard: archived-a-day-later
  if (kept !== null)
    throw new Error(
      `Nothing was archived: event ${kept.id} of partition ${number} begins at ${kept.startsAt.toISOString()}. A partition can be ` +
        'archived a day after the last of its events has begun.',
    );
  // guard: archived-without-holds
  if (await hasHolds(client, partition))
    throw new Error(
      `Nothing was archived: partition ${number} has bookings in HOLD. A worker expires them; repeat the command then.`,
    );
}

/** Drops the leaves' foreign keys to tables outside of the partition, because deleting the events would cascade to them. */
async function disconnectLeaves(client: pg.Client, partition: Partition, locked: () => void): Promise<void> {
  const leaves = partitionedTables.map((table) => getLeaf(table, partition.number));
  const outside = [];
  for (const leaf of leaves)
    for (const key of await readForeignKeys(client, leaf))
      if (!leaves.includes(key.target)) outside.push({ leaf, ...key });
  if (outside.length === 0) return;
  const targets = [...new Set(outside.map(({ target }) => target))];
  await lockTables(client, [{ tables: [...leaves, ...targets], mode: 'ACCESS EXCLUSIVE' }]);
  locked();
  for (const { leaf, name } of outside) await client.query(`ALTER TABLE ${leaf} DROP CONSTRAINT ${name}`);
}

/** Moves the rows of the events themselves, and those of other tables that would be deleted with them. */
async function moveEvents(client: pg.Client, partition: Partition, schema: string): Promise<number> {
  for (const { table, column } of await readEventTables(client)) {
    await client.query(`CREATE TABLE ${schema}.${table} (LIKE ${table} INCLUDING ALL EXCLUDING DEFAULTS)`);
    await copyRows(client, partition, { table, column, schema });
  }
  return deleteEvents(client, partition);
}
