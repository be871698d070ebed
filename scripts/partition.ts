// `npm run partition`: keeps the rows of events in partitions, and takes old ones out of the database.
import { readEnvironment } from '../src/platform/config/environment.ts';
import { step } from './bootstrap/steps.mjs';
import { readArguments, runCommand, UsageError } from './local/command.ts';
import { withDatabase } from './local/database.ts';
import { addPartition } from './partitions/add-partition.ts';
import { archivePartition } from './partitions/archive-partition.ts';
import { readPartitions, readSizes, type PartitionSize } from './partitions/partitions.sql.ts';
import { type LockedMs, withPartitionSession } from './partitions/session.ts';
import type { Partition } from './partitions/tables.ts';
import { readCatalog } from './schema/catalog.sql.ts';
import { foldPartitions } from './schema/fold-partitions.ts';

await runCommand(async () => {
  const { positionals } = readArguments('partition', { allowPositionals: true });
  const [command, number, ...others] = positionals;
  const work = others.length === 0 ? findWork(command, number) : null;
  if (work === null) throw new UsageError('partition', 'Name what to do: list, add or archive N.');
  await withDatabase(readEnvironment(), work);
});

function findWork(
  command: string | undefined,
  number: string | undefined,
): ((databaseUrl: string) => Promise<void>) | null {
  if (command === 'archive' && number !== undefined && /^[1-9]\d{0,5}$/.test(number))
    return (url) => archive(url, Number(number));
  if (number !== undefined) return null;
  if (command === 'list') return list;
  return command === 'add' ? add : null;
}

async function list(databaseUrl: string): Promise<void> {
  const sizes = await withPartitionSession(databaseUrl, async (client) =>
    readSizes(client, await readPartitions(client)),
  );
  if (sizes.length === 0) {
    print('The tables are not partitioned.');
    return;
  }
  for (const size of sizes) print(describe(size));
  const { differences } = foldPartitions(await readCatalog(databaseUrl));
  for (const { object, problem } of differences) print(`${object} ${problem}.`);
  if (differences.length > 0) process.exitCode = 1;
  else print('All partitions have the same columns, constraints and indexes.');
}

function describe(size: PartitionSize): string {
  const day = (date: Date | null) => date?.toISOString().slice(0, 10) ?? '';
  const starts =
    size.events === 0 ? '' : `, which begin from ${day(size.firstStart)} to ${day(size.lastStart)}`;
  const mebibytes = (size.bytes / 2 ** 20).toFixed(1);
  return `Partition ${size.number}: ${describeRange(size)}, ${size.events} events${starts}; ${mebibytes} MiB`;
}

function describeRange({ from, to }: Partition): string {
  if (from === null) return to === null ? 'all IDs' : `IDs below ${to}`;
  return to === null ? `IDs from ${from}` : `IDs from ${from} to ${to - 1}`;
}

async function add(databaseUrl: string): Promise<void> {
  const { partition, lockedMs } = await step('Partition', () => addPartition(databaseUrl));
  print(`Partition ${partition.number} has the events with ${describeRange(partition)}.`);
  printLocks(lockedMs);
}

async function archive(databaseUrl: string, number: number): Promise<void> {
  const { partition, schema, events, lockedMs } = await step('Archive', () =>
    archivePartition(databaseUrl, number),
  );
  print(`Partition ${number} (${describeRange(partition)}; ${events} events) is now the schema ${schema}.`);
  printLocks(lockedMs);
  print(`Dump it with pg_dump --schema=${schema}, and drop it with DROP SCHEMA ${schema} CASCADE.`);
}

function printLocks(lockedMs: LockedMs): void {
  const times = Object.entries(lockedMs).map(([name, ms]) => `${name} ${ms.toFixed(0)} ms`);
  print(`Tables were locked for: ${times.join(', ')}.`);
}

function print(line: string): void {
  process.stdout.write(`  ${line}\n`);
}
