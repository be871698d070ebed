import { addPartition } from '../../../scripts/partitions/add-partition.ts';
import { PARTITIONS_MAX } from '../../../scripts/partitions/tables.ts';
import { migrate } from '../../../scripts/schema/apply-migrations.ts';

/**
 * Migrates a database for tests. `TEST_PARTITIONS=N` also partitions it, so that the events of the tests are in the newest of
 * N partitions.
 */
export async function prepareDatabase(databaseUrl: string): Promise<void> {
  await migrate(databaseUrl);
  for (let count = 2; count <= readPartitionCount(); count++) await addPartition(databaseUrl);
}

function readPartitionCount(): number {
  const { TEST_PARTITIONS: text = '1' } = process.env;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > PARTITIONS_MAX)
    throw new Error(`TEST_PARTITIONS must be a number from 1 to ${PARTITIONS_MAX}, not ${text}.`);
  return count;
}
