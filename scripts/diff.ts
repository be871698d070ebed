// `npm run db:diff`: do prisma/migrations and prisma/schema.prisma say the same? Exit code 1 where they do not.
//
// The migrations make one scratch database, the datamodel makes another, and PostgreSQL describes both. (The schema
// engine's own comparison cannot read a live PostgreSQL 18 through an adapter.) It needs no running start, and touches
// no data.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { step } from './bootstrap/steps.mjs';
import { ROOT } from './local/environment.ts';
import { command } from './local/explain.ts';
import { withScratchPostgres } from './local/scratch-postgres.ts';
import { refuseArguments } from './local/usage.ts';
import { migrate } from './schema/apply-migrations.ts';
import { type Catalog, readCatalog } from './schema/catalog.sql.ts';
import { type Drift, findDrift, type SqlOnlyObject } from './schema/drift.ts';
import { datamodelSql } from './schema/engine.ts';

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
  return withScratchPostgres(async ({ url }) => {
    const other = new URL(url);
    other.pathname = '/datamodel';
    await query(url, 'CREATE DATABASE datamodel');
    await step('Database from the migrations', () => migrate(url));
    await step('Database from the datamodel', async () => query(other.href, await datamodelSql()));
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

await command(async () => {
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
