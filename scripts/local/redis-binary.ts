import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { takeLock } from '../bootstrap/lock.mjs';
import { fetchRedisPackage } from './redis-package.ts';

export interface RedisBinary {
  program: string;
  version: string;
  /** What the program needs in its environment to find its libraries. */
  env: Record<string, string>;
  origin: 'system' | 'cache' | 'fetched';
}

const PROGRAMS = ['redis-server', 'valkey-server'] as const;

/** Shared by every data folder of this clone. `npm ci` empties it, and the next start fetches again. */
const CACHE = path.join(import.meta.dirname, '../../node_modules/.cache/sellout');

/** From PATH, else from our cache, else from the distribution's package, which is unpacked there and not installed. */
export async function findRedis(): Promise<RedisBinary> {
  for (const program of PROGRAMS) {
    const version = versionOf(program, {});
    if (version !== null) return { program, version, env: {}, origin: 'system' };
  }
  const folder = path.join(CACHE, `redis-${process.arch}`);
  const cached = inFolder(folder, 'cache');
  if (cached) return cached;
  mkdirSync(CACHE, { recursive: true });
  const lock = await takeLock(CACHE, 'redis');
  try {
    return inFolder(folder, 'cache') ?? (await fetchInto(folder));
  } finally {
    await lock.release();
  }
}

/** Unpacks beside the place and moves it there whole, so that a fetch that was cut off is never taken for one. */
async function fetchInto(folder: string): Promise<RedisBinary> {
  for (const name of readdirSync(CACHE)) {
    if (name.startsWith('fetch-')) rmSync(path.join(CACHE, name), { recursive: true, force: true });
  }
  const work = mkdtempSync(path.join(CACHE, 'fetch-'));
  try {
    const unpacked = await fetchRedisPackage(work);
    if (inFolder(unpacked, 'fetched') === null)
      throw new Error('The downloaded Redis does not run on this system.');
    rmSync(folder, { recursive: true, force: true });
    renameSync(unpacked, folder);
  } catch (error) {
    throw new Error(
      `No Redis was found, and downloading one failed: ${error instanceof Error ? error.message : String(error)}\n\n` +
        'Sellout requires Redis or Valkey 7 or newer. Do one of the following, then start again:\n' +
        '  apt-get install redis-server        installs redis-server (on macOS: brew install redis)\n' +
        '  REDIS_URL=redis://host:6379         uses a Redis that runs elsewhere',
      { cause: error },
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const fetched = inFolder(folder, 'fetched');
  if (fetched === null) throw new Error(`The Redis in ${folder} failed to start`);
  return fetched;
}

function inFolder(folder: string, origin: 'cache' | 'fetched'): RedisBinary | null {
  const env = { LD_LIBRARY_PATH: libraryFolders(folder).join(':') };
  for (const name of PROGRAMS) {
    const program = path.join(folder, 'usr/bin', name);
    const version = existsSync(program) ? versionOf(program, env) : null;
    if (version !== null) return { program, version, env, origin };
  }
  return null;
}

/** Debian keeps libraries in folders named after the architecture, such as usr/lib/x86_64-linux-gnu. */
function libraryFolders(folder: string): string[] {
  const roots = ['lib', 'usr/lib'].map((name) => path.join(folder, name)).filter((root) => existsSync(root));
  return roots.flatMap((root) => [
    root,
    ...readdirSync(root)
      .filter((name) => name.includes('-linux-gnu'))
      .map((name) => path.join(root, name)),
  ]);
}

function versionOf(program: string, env: Record<string, string>): string | null {
  try {
    const output = execFileSync(program, ['--version'], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /\bv=([\d.]+)/.exec(output)?.[1] ?? null;
  } catch {
    // Not there, or it does not run here: either way this is not the one to use.
    return null;
  }
}
