// `npm run relay-artifacts`: compiles the operations of the examples for Relay with the official compiler, which npx
// downloads. Relay needs names that end with the kind of the operation, and code instead of the text.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { refuseArguments, ROOT, runCommand } from '../local/command.ts';
import { readRelayOperations } from './relay-operations.ts';

await runCommand(() => {
  refuseArguments('relay-artifacts');
  const artifacts = path.join(ROOT, 'docs/examples/relay');
  const scratch = mkdtempSync(path.join(tmpdir(), 'sellout-relay-'));
  try {
    for (const [name, text] of readRelayOperations())
      writeFileSync(path.join(scratch, `${name}.js`), `graphql\`${text}\`;\n`);
    mkdirSync(artifacts, { recursive: true });
    const config = {
      src: '.',
      schema: path.relative(scratch, path.join(ROOT, 'schema.graphql')),
      artifactDirectory: path.relative(scratch, artifacts),
      language: 'javascript',
      eagerEsModules: true,
    };
    writeFileSync(path.join(scratch, 'package.json'), '{}');
    writeFileSync(path.join(scratch, 'relay.config.json'), JSON.stringify(config));
    const version = manifest.devDependencies['relay-runtime'];
    execFileSync('npx', ['--yes', `relay-compiler@${version}`], { cwd: scratch, stdio: 'inherit' });
  } finally {
    rmSync(scratch, { recursive: true });
  }
  process.stdout.write(`${readdirSync(artifacts).length} artifacts in docs/examples/relay\n`);
});
