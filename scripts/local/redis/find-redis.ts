import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { takeLock } from '../../bootstrap/lock.mjs';
import { fetchRedisPackage } from './fetch-package.ts';

export interface RedisBinary {
  program: string;
  version: string;
  /** Environment that the program needs to find its libraries. */
  env: Record<string, string>;
  origin: 'system' | 'cache' | 'fetched';
}

const PROGRAMS = ['redis-server', 'valkey-server'] as const;

/** Cache shared by all data folders of this clone. `npm ci` empties it, and the next start downloads Redis again. */
const CACHE = path.join(import.meta.dirname, '../../../node_modules/.cache/sellout');

/** Finds Redis in PATH, else in the cache, else downloads the distribution's package and unpacks it into the cache. */
export async function findRedis(): Promise<RedisBinary> {
  for (const program of PROGRAMS) {
    const version = readVersion(program, {});
    if (version !== null) return { program, version, env: {}, origin: 'system' };
  }
  const folder = path.join(CACHE, `redis-${process.arch}`);
  const cached = findInFolder(folder, 'cache');
  if (cached) return cached;
  mkdirSync(CACHE, { recursive: true });
  const lock = await takeLock(CACHE, 'redis');
  try {
    return findInFolder(folder, 'cache') ?? (await fetchInto(folder));
  } finally {
    await lock.release();
  }
}

/** Unpacks into a temporary folder and renames it, so that an interrupted download is never used. */
async function fetchInto(folder: string): Promise<RedisBinary> {
  for (const name of readdirSync(CACHE)) {
    if (name.startsWith('fetch-')) rmSync(path.join(CACHE, name), { recursive: true, force: true });
  }
  const work = mkdtempSync(path.join(CACHE, 'fetch-'));
  try {
    const unpacked = await fetchRedisPackage(work);
    if (findInFolder(unpacked, 'fetched') === null)
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
  const fetched = findInFolder(folder, 'fetched');
  if (fetched === null) throw new Error(`The Redis in ${folder} failed to start`);
  return fetched;
}

function findInFolder(folder: string, origin: 'cache' | 'fetched'): RedisBinary | null {
  const env = { LD_LIBRARY_PATH: libraryFolders(folder).join(':') };
  for (const name of PROGRAMS) {
    const program = path.join(folder, 'usr/bin', name);
    const version = existsSync(program) ? readVersion(program, env) : null;
    if (version !== null) return { program, version, env, origin };
  }
  return null;
}

/** Lists library folders, including Debian's per-architecture ones such as usr/lib/x86_64-linux-gnu. */
function libraryFolders(folder: string): string[] {
  const roots = ['lib', 'usr/lib'].map((name) => path.join(folder, name)).filter((root) => existsSync(root));
  return roots.flatMap((root) => [
    root,
    ...readdirSync(root)
      .filter((name) => name.includes('-linux-gnu'))
      .map((name) => path.join(root, name)),
  ]);
}

function readVersion(program: string, env: Record<string, string>): string | null {
  try {
    const output = execFileSync(program, ['--version'], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /\bv=([\d.]+)/.exec(output)?.[1] ?? null;
  } catch {
    // The program is missing or does not run on this system.
    return null;
  }
}
