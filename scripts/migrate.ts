// `npm run db:migrate`: applies prisma/migrations to the database that `npm start` would use.
//
//   npm run db:migrate                              apply what is not applied yet
//   npm run -s db:migrate -- --print-datamodel      print the SQL that makes the whole datamodel from nothing, to
//                                                   write a migration from; needs no database
import { step } from './bootstrap/steps.mjs';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { command } from './local/explain.ts';
import { readArguments } from './local/usage.ts';
import { withDatabase } from './local/with-database.ts';
import { migrate } from './schema/apply-migrations.ts';
import { datamodelSql } from './schema/engine.ts';

await command(async () => {
  const { values } = readArguments('db:migrate', { options: { 'print-datamodel': { type: 'boolean' } } });
  if (values['print-datamodel'] === true) process.stdout.write(await datamodelSql());
  else await withDatabase(readEnvironment(), apply);
});

async function apply(databaseUrl: string): Promise<void> {
  const applied = await step('Migrations', () => migrate(databaseUrl));
  for (const name of applied) process.stdout.write(`  applied ${name}\n`);
  if (applied.length === 0) process.stdout.write('  Nothing to apply: the database is up to date.\n');
}
