// `npm run db:diff`: compares prisma/migrations with prisma/schema.prisma. Exit code 1 if they differ.
//
// Creates one scratch database from the migrations and one from the datamodel, and compares their catalogs. (The schema
// engine's own comparison can't read a live PostgreSQL 18 through an adapter.) In a third one, the tables are partitioned before
// the later migrations are applied. It must have the same objects in each partition (docs/schema.md, "Migrations of
// partitioned tables"). Uses no other database.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { step } from './bootstrap/steps.mjs';
import { addPartition } from './partitions/add-partition.ts';
import { refuseArguments, ROOT, runCommand } from './local/command.ts';
import { withScratchPostgres } from './local/scratch-services.ts';
import { migrate } from './schema/apply-migrations.ts';
import { type Catalog, readCatalog } from './schema/catalog.sql.ts';
import { type Drift, findDrift, type SqlOnlyObject } from './schema/drift.ts';
import { getDatamodelSql } from './schema/engine.ts';
import { foldPartitions } from './schema/fold-partitions.ts';

/** The last migration before tables could be partitioned. All later ones must work on partitions. */
const UNPARTITIONED = '20261129030000_database_epoch';

interface Catalogs {
  readonly migrations: Catalog;
  readonly datamodel: Catalog;
  readonly partitioned: Catalog;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function readAll(): Promise<Catalogs> {
  return withScratchPostgres(async (url) => {
    const create = async (name: string) => {
      const other = new URL(url);
      other.pathname = `/${name}`;
      await query(url, `CREATE DATABASE ${name}`);
      return other.href;
    };
    const datamodel = await create('datamodel');
    const partitioned = await create('partitioned');
    await step('Database from the migrations', () => migrate(url));
    await step('Database from the datamodel', async () => query(datamodel, await getDatamodelSql()));
    await step('Partitioned database', async () => {
      await migrate(partitioned, undefined, UNPARTITIONED);
      await addPartition(partitioned);
      await migrate(partitioned);
    });
    return {
      migrations: await readCatalog(url),
      datamodel: await readCatalog(datamodel),
      partitioned: await readCatalog(partitioned),
    };
  });
}

/** Returns how a partitioned database differs from one that is not. */
function findPartitionDrift(partitioned: Catalog, migrations: Catalog): Drift[] {
  const { folded, differences } = foldPartitions(partitioned);
  const drift = findDrift(folded, migrations, []).map(({ object }) => ({
    object,
    problem: 'differs in partitioned tables',
  }));
  return [...differences, ...drift];
}

function print(drift: readonly Drift[]): void {
  for (const { object, problem, migrations, datamodel } of drift) {
    process.stdout.write(`\n  ${object} ${problem}\n`);
    if (migrations !== undefined) process.stdout.write(`    migrations  ${migrations}\n`);
    if (datamodel !== undefined) process.stdout.write(`    datamodel   ${datamodel}\n`);
  }
}

await runCommand(async () => {
  refuseArguments('db:diff');
  const sqlOnly = JSON.parse(
    readFileSync(path.join(ROOT, 'prisma/sql-only.json'), 'utf8'),
  ) as SqlOnlyObject[];
  const { migrations, datamodel, partitioned } = await readAll();
  const drift = [
    ...findDrift(migrations, datamodel, sqlOnly),
    ...findPartitionDrift(partitioned, migrations),
  ];
  print(drift);
  if (drift.length === 0) {
    const listed = `${sqlOnly.length} listed as SQL-only`;
    process.stdout.write(
      `\n  No drift: ${datamodel.size} objects match, ${listed}. Partitioned tables have the same objects.\n`,
    );
    return;
  }
  process.stdout.write(
    `\n  ${drift.length} difference(s). Add a migration or change the datamodel. If only SQL can express a\n` +
      '  difference, list it in prisma/sql-only.json with the reason. docs/schema.md, "Migrations of partitioned\n' +
      '  tables", says how to write a migration that also works on partitioned tables.\n',
  );
  process.exitCode = 1;
});
