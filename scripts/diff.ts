// `npm run db:diff`: compares prisma/migrations with prisma/schema.prisma. Exit code 1 if they differ.
//
// Creates one scratch database from the migrations and one from the datamodel, and compares their catalogs. (The schema
// engine's own comparison can't read a live PostgreSQL 18 through an adapter.) Uses no other database.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { step } from './bootstrap/steps.mjs';
import { refuseArguments, ROOT, runCommand } from './local/command.ts';
import { withScratchPostgres } from './local/scratch-services.ts';
import { migrate } from './schema/apply-migrations.ts';
import { type Catalog, readCatalog } from './schema/catalog.sql.ts';
import { type Drift, findDrift, type SqlOnlyObject } from './schema/drift.ts';
import { getDatamodelSql } from './schema/engine.ts';

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function readBoth(): Promise<{ migrations: Catalog; datamodel: Catalog }> {
  return withScratchPostgres(async (url) => {
    const other = new URL(url);
    other.pathname = '/datamodel';
    await query(url, 'CREATE DATABASE datamodel');
    await step('Database from the migrations', () => migrate(url));
    await step('Database from the datamodel', async () => query(other.href, await getDatamodelSql()));
    return { migrations: await readCatalog(url), datamodel: await readCatalog(other.href) };
  });
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
  const { migrations, datamodel } = await readBoth();
  const drift = findDrift(migrations, datamodel, sqlOnly);
  print(drift);
  if (drift.length === 0) {
    const listed = `${sqlOnly.length} listed as SQL-only`;
    process.stdout.write(`\n  No drift: ${datamodel.size} objects match, ${listed}.\n`);
    return;
  }
  process.stdout.write(
    `\n  ${drift.length} difference(s). Add a migration or change the datamodel. If only SQL can express a\n` +
      '  difference, list it in prisma/sql-only.json with the reason.\n',
  );
  process.exitCode = 1;
});
