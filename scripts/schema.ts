// Prints the public contract: schema.graphql, its introspection, and the possible types of its unions and interfaces.
// With --check: reports the files that differ from what the code would print.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { schema } from '../src/graphql/schema/schema.ts';
import { command } from './local/explain.ts';
import { readArguments } from './local/usage.ts';
import { differences } from './schema/differences.ts';
import { printContract } from './schema/print-contract.ts';

const root = path.join(import.meta.dirname, '..');
await command(() => {
  const { values } = readArguments('schema', { options: { check: { type: 'boolean', default: false } } });
  for (const [name, printed] of Object.entries(printContract(schema))) {
    const file = path.join(root, name);
    if (!values.check) writeFileSync(file, printed);
    else if (readOrNothing(file) !== printed) {
      // The other files follow from schema.graphql, and are too long to compare line by line.
      const lines = name.endsWith('.graphql')
        ? `\n${differences(readOrNothing(file), printed).join('\n')}\n`
        : '';
      process.stderr.write(
        `${name} differs from the code (- file, + code). Run \`npm run schema\` and commit the result.\n${lines}`,
      );
      process.exitCode = 1;
    }
  }
});

function readOrNothing(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch {
    return '';
  }
}
