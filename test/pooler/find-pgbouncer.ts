import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

export interface PgBouncerBinary {
  readonly program: string;
  /** Such as `[1, 18]`. */
  readonly version: readonly [major: number, minor: number];
  /** Environment that the program needs to find its libraries. */
  readonly env: Readonly<Record<string, string>>;
}

const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache/sellout');
const FOLDER = path.join(CACHE, `pgbouncer-${process.arch}`);
const PACKAGES = ['pgbouncer', 'libc-ares2'];

/** Finds PgBouncer in PATH, else in the cache, else downloads Debian's package and unpacks it into the cache. */
export function findPgBouncer(): PgBouncerBinary {
  const found = inspect('pgbouncer', {}) ?? findInCache();
  if (found !== null) return found;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(path.join(CACHE, 'pgbouncer-'));
  try {
    // As root, apt would download as its own user, which may not be able to enter this folder.
    const options = ['-qq', '-o', 'APT::Sandbox::User=root', 'download', ...PACKAGES];
    execFileSync('apt-get', options, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
    const unpacked = path.join(work, 'unpacked');
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb')))
      execFileSync('dpkg-deb', ['-x', path.join(work, file), unpacked]);
    rmSync(FOLDER, { recursive: true, force: true });
    renameSync(unpacked, FOLDER);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const fetched = findInCache();
  if (fetched === null) throw new Error(`The downloaded PgBouncer in ${FOLDER} does not run on this system.`);
  return fetched;
}

function findInCache(): PgBouncerBinary | null {
  const program = path.join(FOLDER, 'usr/sbin/pgbouncer');
  const libraries = path.join(FOLDER, 'usr/lib');
  if (!existsSync(program) || !existsSync(libraries)) return null;
  const folders = readdirSync(libraries).map((name) => path.join(libraries, name));
  return inspect(program, { LD_LIBRARY_PATH: folders.join(':') });
}

/** Returns null if the program is missing or does not run on this system. */
function inspect(program: string, env: Readonly<Record<string, string>>): PgBouncerBinary | null {
  try {
    const options = { env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' } as const;
    const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(execFileSync(program, ['-V'], options)) ?? [];
    return { program, version: [Number(major), Number(minor)], env };
  } catch {
    return null;
  }
}
