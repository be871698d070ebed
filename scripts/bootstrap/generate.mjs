// Runs `prisma generate` if src/generated is missing or outdated.
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
  const marker = markerFile(root);
  if (!existsSync(marker)) return 'src/generated is missing';
  return readFileSync(marker, 'utf8') === fingerprint(root) ? null : 'the schema has changed';
}

/**
 * @param {string} root
 * @param {string} node
 */
export async function generate(root, node) {
  const generatedFrom = fingerprint(root);
  // The marker is deleted first and written last, so that an interrupted run does not look complete.
  rmSync(markerFile(root), { force: true });
  const prisma = spawn(
    node,
    [path.join(root, 'node_modules/prisma/build/index.js'), 'generate', '--no-hints'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        // Prisma finds generators by name, and they run on the first Node in PATH.
        PATH: [path.dirname(node), path.join(root, 'node_modules/.bin'), process.env['PATH']].join(
          path.delimiter,
        ),
        // `generate` downloads a schema engine that it does not use, unless this variable names one.
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
  writeFileSync(markerFile(root), generatedFrom);
}

function markerFile(root) {
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
