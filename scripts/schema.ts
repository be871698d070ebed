// Prints the public contract to schema.graphql. With --check: says whether the file is what the code would print.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { printSchema } from 'graphql';
import { schema } from '../src/graphql/schema.ts';
import { differences } from './schema/differences.ts';

const file = path.join(import.meta.dirname, '..', 'schema.graphql');
const printed = `# Printed by \`npm run schema\` from src/graphql. Never edited by hand.\n\n${printSchema(schema)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, printed);
} else {
  const found = differences(readOrNothing(file), printed);
  if (found.length > 0) {
    process.stderr.write(
      `schema.graphql is not what the code says (- file, + code). Run \`npm run schema\` and commit it.\n\n${found.join('\n')}\n`,
    );
    process.exitCode = 1;
  }
}

function readOrNothing(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch {
    return '';
  }
}
