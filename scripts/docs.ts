// Writes the documentation that follows from code: docs/configuration.md and .env.example.
// With --check: writes nothing and reports the files that are out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { command } from './local/explain.ts';
import { readArguments } from './local/usage.ts';
import { printConfigurationPage, printEnvExample } from './docs/print-configuration.ts';

const root = path.join(import.meta.dirname, '..');

await command(async () => {
  const { values } = readArguments('docs', { options: { check: { type: 'boolean', default: false } } });
  const page = path.join(root, 'docs/configuration.md');
  const options = { ...(await resolveConfig(page)), filepath: page };
  const generated = {
    'docs/configuration.md': await format(printConfigurationPage(), options),
    '.env.example': printEnvExample(),
  };

  for (const [name, text] of Object.entries(generated)) {
    const file = path.join(root, name);
    if (!values.check) writeFileSync(file, text);
    else if (readFileSync(file, 'utf8') !== text) {
      process.stderr.write(`${name} is out of date. Run \`npm run docs\` and commit the result.\n`);
      process.exitCode = 1;
    }
  }
});
