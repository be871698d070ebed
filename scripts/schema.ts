// Writes the public schema: schema.graphql, its introspection, and the possible types of its unions and interfaces.
// With --check: only reports files that differ from the code.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { schema } from '../src/graphql/schema/schema.ts';
import { readArguments, runCommand } from './local/command.ts';
import { diffLines } from './schema/diff-lines.ts';
import { printContract } from './schema/print-contract.ts';

const root = path.join(import.meta.dirname, '..');
await runCommand(() => {
  const { values } = readArguments('schema', { options: { check: { type: 'boolean', default: false } } });
  for (const [name, printed] of Object.entries(printContract(schema))) {
    const file = path.join(root, name);
    if (!values.check) writeFileSync(file, printed);
    else if (readOrEmpty(file) !== printed) {
      // The other files are derived from the same schema and too long for a line-by-line comparison.
      const lines = name.endsWith('.graphql')
        ? `\n${diffLines(readOrEmpty(file), printed).join('\n')}\n`
        : '';
      process.stderr.write(
        `${name} differs from the code (- file, + code). Run \`npm run schema\` and commit the result.\n${lines}`,
      );
      process.exitCode = 1;
    }
  }
});

function readOrEmpty(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch {
    return '';
  }
}
