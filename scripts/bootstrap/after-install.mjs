// npm runs this after every install, including `npm ci --omit=dev`, because the generated Prisma client must match the
// installed version.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate, reasonToGenerate } from './generate.mjs';
import { findNode } from './runtime.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');

// Takes no lock: the bootstrap may hold it while it waits for this install.
if (reasonToGenerate(root)) {
  try {
    await generate(root, findNode(root));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
