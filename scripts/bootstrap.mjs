// Prepares a fresh clone, then runs a command: installs the dependencies, generates code, and finds a suitable Node.
//
//   node scripts/bootstrap.mjs scripts/start.ts        a script of this repository
//   node scripts/bootstrap.mjs vitest run              the command of an installed package
//   node scripts/bootstrap.mjs --generate              only generates src/generated
//
// This is plain JavaScript without dependencies, because it runs on any Node from version 20 before anything is
// installed. If nothing needs to be done, it prints nothing and takes a few milliseconds.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate, reasonToGenerate } from './bootstrap/generate.mjs';
import { install, reasonToInstall } from './bootstrap/install.mjs';
import { takeLock } from './bootstrap/lock.mjs';
import { operatorCommands } from './bootstrap/operator-commands.mjs';
import { findNode, run } from './bootstrap/runtime.mjs';
import { step } from './bootstrap/steps.mjs';
import { getUsage, requestedUsage } from './bootstrap/usages.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Commands for which no development packages are installed. */
const WITHOUT_DEV = new Set([...operatorCommands, '--generate']);

async function prepare(generateAnyway, needsDev) {
  if (!generateAnyway && !reasonToInstall(root, needsDev) && !reasonToGenerate(root)) return findNode(root);
  const lock = await takeLock(root, 'bootstrap', () => {
    process.stderr.write('  … waiting for another command that is setting up this folder\n');
  });
  try {
    const missing = reasonToInstall(root, needsDev);
    if (missing) await step(`Dependencies with npm ci (${missing})`, () => install(root, needsDev));
    const node = findNode(root);
    const outdated = generateAnyway ? 'requested' : reasonToGenerate(root);
    if (outdated) await step(`Prisma client generated (${outdated})`, () => generate(root, node));
    return node;
  } finally {
    await lock.release();
  }
}

async function main(command) {
  if (command.length === 0)
    throw new Error('Usage: node scripts/bootstrap.mjs SCRIPT.ts|COMMAND [ARGUMENT]...');
  const usage = requestedUsage(root, command);
  if (usage !== null) return void process.stdout.write(`${usage}\n`);
  const isGenerate = command[0] === '--generate';
  if (isGenerate && command.length > 1)
    throw new Error(`Unknown argument '${command[1]}'\n\n${getUsage('generate')}`);
  const node = await prepare(isGenerate, !WITHOUT_DEV.has(command[0]));
  if (!isGenerate) process.exitCode = await run(root, node, command);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
