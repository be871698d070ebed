// Runs `prisma generate` when src/generated is missing or was made from something else.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const SOURCES = [
  'prisma/schema.prisma',
  'prisma.config.ts',
  'node_modules/prisma/package.json',
  'node_modules/@pothos/plugin-prisma/package.json',
];

/** @param {string} root */
export function reasonToGenerate(root) {
  const mark = markFile(root);
  if (!existsSync(mark)) return 'src/generated is missing';
  return readFileSync(mark, 'utf8') === fingerprint(root) ? null : 'the schema has changed';
}

/**
 * @param {string} root
 * @param {string} node
 */
export async function generate(root, node) {
  const made = fingerprint(root);
  // The mark goes first and comes last, so that a run that was cut off is not taken for a finished one.
  rmSync(markFile(root), { force: true });
  const prisma = spawn(
    node,
    [path.join(root, 'node_modules/prisma/build/index.js'), 'generate', '--no-hints'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        // Generators are looked up by name, and start on the Node that comes first.
        PATH: [path.dirname(node), path.join(root, 'node_modules/.bin'), process.env['PATH']].join(
          path.delimiter,
        ),
        // `generate` asks for a schema engine that it does not use, and would download it.
        PRISMA_SCHEMA_ENGINE_BINARY: process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ?? '/bin/true',
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    },
  );
  let output = '';
  prisma.stdout.on('data', (chunk) => (output += chunk));
  prisma.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    prisma.on('error', reject);
    prisma.on('close', resolve);
  });
  if (code !== 0) throw new Error(`prisma generate failed with exit code ${code}:\n\n${output.trim()}`);
  writeFileSync(markFile(root), made);
}

function markFile(root) {
  return path.join(root, 'src/generated/.made-from');
}

function fingerprint(root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const file = path.join(root, source);
    hash
      .update(source)
      .update('\0')
      .update(existsSync(file) ? readFileSync(file) : '')
      .update('\0');
  }
  return hash.digest('hex');
}
