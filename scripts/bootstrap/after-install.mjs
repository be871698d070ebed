// npm runs this after every install, `npm ci --omit=dev` included: the generated client belongs to what is installed.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate, reasonToGenerate } from './generate.mjs';
import { findNode } from './runtime.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');

// No lock: the bootstrap may hold it, and wait for this install.
if (reasonToGenerate(root)) {
  try {
    await generate(root, findNode(root));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
