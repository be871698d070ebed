// `npm run db:migrate`: applies prisma/migrations to the database of `npm start`.
//
//   npm run db:migrate                              applies pending migrations
//   npm run -s db:migrate -- --print-datamodel      prints the SQL that creates the whole datamodel, to write a
//                                                   migration from; needs no database
import { step } from './bootstrap/steps.mjs';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { readArguments, runCommand } from './local/command.ts';
import { withDatabase } from './local/database.ts';
import { migrate } from './schema/apply-migrations.ts';
import { getDatamodelSql } from './schema/engine.ts';

await runCommand(async () => {
  const { values } = readArguments('db:migrate', { options: { 'print-datamodel': { type: 'boolean' } } });
  if (values['print-datamodel'] === true) process.stdout.write(await getDatamodelSql());
  else await withDatabase(readEnvironment(), apply);
});

async function apply(databaseUrl: string): Promise<void> {
  const applied = await step('Migrations', () => migrate(databaseUrl));
  for (const name of applied) process.stdout.write(`  applied ${name}\n`);
  if (applied.length === 0) process.stdout.write('  Nothing to apply: the database is up to date.\n');
}
