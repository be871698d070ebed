// `npm run check:schema`: rejects breaking changes of schema.graphql since the last release.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema } from 'graphql';
import { refuseArguments, ROOT, runCommand } from '../local/command.ts';
import { findBreakingChanges, type BreakingChangeNotes } from './schema-errors.ts';

const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');

await runCommand(async () => {
  refuseArguments('check:schema');
  const notes = JSON.parse(read('releases/breaking-changes.json')) as BreakingChangeNotes;
  const errors = await findBreakingChanges(
    buildSchema(read('releases/schema.graphql')),
    buildSchema(read('schema.graphql')),
    notes,
  );
  if (errors.length === 0) return;
  process.stderr.write(
    `schema.graphql breaks clients of the last release:\n${errors.map((error) => `  ${error}\n`).join('')}` +
      'Deprecate what clients use instead, or note each path with its reason in releases/breaking-changes.json.\n',
  );
  process.exitCode = 1;
});
