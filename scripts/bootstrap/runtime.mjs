// Finds a suitable Node and runs the command on it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const NODE_MAJOR_MIN = 24;

/** @param {string} root */
export function findNode(root) {
  const pinned = path.join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN) return process.execPath;
  throw new Error(
    `Sellout runs on Node ${NODE_MAJOR_MIN} or newer, and this is Node ${process.versions.node}.\n` +
      `On Linux (x64, arm64), npm installs Node ${NODE_MAJOR_MIN} as the optional package ` +
      `node-${process.platform}-${process.arch}, which is not installed here.\n` +
      'Install without --omit=optional, or use a newer Node.',
  );
}

/**
 * Runs a .ts file or the command of an installed package, forwards signals, and resolves with the exit code.
 *
 * @param {string} root
 * @param {string} node
 * @param {string[]} command
 */
export async function run(root, node, [target, ...rest]) {
  // npm may have ended while the dependencies were being installed.
  if (npmHasEnded()) return 1;
  const isScript = target.endsWith('.ts');
  const file = isScript ? path.resolve(root, target) : findBin(root, target);
  const child = spawn(node, [file, ...rest], {
    // The IPC channel carries no messages. Its end tells the script that this process was killed.
    stdio: isScript ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: {
      ...process.env,
      PATH: [path.dirname(node), process.env['PATH']].join(path.delimiter),
      // Node keeps here what it compiled, also for the processes that this one starts: they start faster.
      NODE_COMPILE_CACHE:
        process.env['NODE_COMPILE_CACHE'] ?? path.join(root, 'node_modules', '.cache', 'node'),
      // Node prints a warning for each import of a WebAssembly module, and the schema engine is one.
      NODE_OPTIONS: [process.env['NODE_OPTIONS'], '--disable-warning=ExperimentalWarning'].join(' ').trim(),
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // Ctrl-C in a terminal also reaches the child directly, and a second SIGINT would make it stop immediately.
    const arrivesAnyway = signal === 'SIGINT' && process.stdin.isTTY;
    process.on(signal, () => arrivesAnyway || child.kill(signal));
  }
  whenNpmEnds(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ? 128 + 15 : (code ?? 1)));
  });
}

/**
 * npm starts this process through a shell. If npm or the shell is killed, this process receives no signal, and the server
 * would keep running and hold its port. Therefore the process checks regularly that npm is still there. A script that was
 * started without npm may outlive its parent, for example after a logout.
 */
const parent = process.ppid;
const npm = isShellOfNpm(parent) ? getParent(parent) : null;

function npmHasEnded() {
  if (!process.env['npm_lifecycle_event']) return false;
  return process.ppid !== parent || (npm !== null && getParent(parent) !== npm);
}

function whenNpmEnds(callback) {
  const timer = setInterval(() => {
    if (!npmHasEnded()) return;
    clearInterval(timer);
    callback();
  }, 250);
  timer.unref();
}

function isShellOfNpm(pid) {
  return readProcess(pid, 'cmdline').includes('scripts/bootstrap.mjs');
}

function getParent(pid) {
  return /^PPid:\s+(\d+)/m.exec(readProcess(pid, 'status'))?.[1] ?? null;
}

function readProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // The process has ended, or this system has no /proc.
    return '';
  }
}

function findBin(root, name) {
  const folder = path.join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, typeof bin === 'string' ? bin : bin[name]);
}
