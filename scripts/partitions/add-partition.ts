import {
  addBounds,
  connectLeaves,
  createLeaves,
  dropUnattached,
  getNewest,
  validateBounds,
} from './leaves.sql.ts';
import { splitNewest, splitTables } from './parents.sql.ts';
import { analyzeParents, readLastEventId, readPartitions, skipEventIds } from './partitions.sql.ts';
import { inTransaction, type LockedMs, lockTables, withPartitionSession } from './session.ts';
import { type Partition, PARTITIONS_MAX, partitionedTables, referencedTables } from './tables.ts';

/**
 * Number of IDs that the events get which are created while the command runs. Events above it would be refused until the
 * command ends.
 */
const SPARE_IDS = 1_000;

export interface AddedPartition {
  readonly partition: Partition;
  /** Times for which tables were locked, by step. */
  readonly lockedMs: LockedMs;
}

/**
 * Adds a partition for the events that are created from now on. The first call turns today's tables into the first
 * partition. Servers go on meanwhile: reads and writes wait for milliseconds, twice. Can be repeated if it was interrupted.
 *
 * @throws if there are `PARTITIONS_MAX` partitions already.
 */
export async function addPartition(databaseUrl: string): Promise<AddedPartition> {
  return withPartitionSession(databaseUrl, async (client) => {
    const partitions = await readPartitions(client);
    const newest = partitions.at(-1) ?? null;
    // guard: partitions-limit
    if (partitions.length >= PARTITIONS_MAX)
      throw new Error(
        `There are ${partitions.length} partitions, the maximum. Archive the oldest one first: npm run partition -- archive ` +
          `${partitions[0]?.number ?? ''}.`,
      );
    const bound = (await readLastEventId(client)) + 1 + SPARE_IDS;
    const ended: Partition = { number: newest?.number ?? 1, from: newest?.from ?? null, to: bound };
    const partition: Partition = { number: ended.number + 1, from: bound, to: null };
    const lockedMs: LockedMs = {};

    await dropUnattached(client, partition.number);
    await inTransaction(client, 'prepare', lockedMs, async (locked) => {
      await createLeaves(client, newest, partition.number);
      await lockTables(client, [
        { tables: partitionedTables.map((table) => getNewest(table, newest)), mode: 'ACCESS EXCLUSIVE' },
        { tables: referencedTables, mode: 'SHARE ROW EXCLUSIVE' },
      ]);
      locked();
      await connectLeaves(client, newest, partition.number);
      await addBounds(client, newest, ended);
    });
    await validateBounds(client, newest); // guard: bounds-validated-before-lock
    await inTransaction(client, 'attach', lockedMs, async (locked) => {
      await lockTables(client, [{ tables: partitionedTables, mode: 'ACCESS EXCLUSIVE' }]);
      locked();
      await (newest === null ? splitTables : splitNewest)(client, [ended, partition]);
    });
    // The next event goes into the new partition.
    await skipEventIds(client, bound);
    await analyzeParents(client);
    return { partition, lockedMs };
  });
}
