import { execFileSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { runs } from './processes.ts';

// PostgreSQL refuses to run as root. Nothing is added to the system for it: it runs as the user that is there for such
// things.
const USER = 'nobody';

/**
 * What lets that user into a folder that only root can enter (a clone in /root, say). The first that is enough is
 * taken: nothing; the right to pass and read; and, for containers that root has only without that one, the right to
 * pass anything. The secure bit lets access(2), with which PostgreSQL looks for its parts, count such a right too.
 */
const PATH_RIGHTS = [[], ['dac_read_search'], ['dac_override']].map((names) =>
  names.flatMap((name) => [
    '--securebits=+no_setuid_fixup',
    `--inh-caps=+${name}`,
    `--ambient-caps=+${name}`,
  ]),
);

export interface PostgresUser {
  /** Options of setpriv; empty when we are not root. */
  privileges: string[];
  /** Gives a file or folder to that user. */
  own(path: string): void;
}

/** Finds how to run PostgreSQL on `folder`, which must exist. */
export function postgresUserFor(folder: string, { initdb }: PostgresBinaries): PostgresUser {
  if (process.getuid?.() !== 0) return { privileges: [], own: () => {} };
  // A cluster that an ordinary user made stays that user's; a folder that we just made is still root's.
  const owner = statSync(folder);
  const [uid, gid] = owner.uid === 0 ? [idOf('-u'), idOf('-g')] : [owner.uid, owner.gid];
  const own = (path: string): void => chownSync(path, uid, gid);
  own(folder);
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  // initdb looks for its parts and reports what it would do. That it may also write is left to test(1).
  const script = 'test -w "$1" && "$2" --show --username=sellout --locale=C --pgdata="$1"';
  for (const rights of PATH_RIGHTS) {
    const privileges = [...identity, ...rights];
    if (runs('setpriv', [...privileges, '--', 'sh', '-c', script, 'sh', folder, initdb]))
      return { privileges, own };
  }
  throw new Error(
    `PostgreSQL does not run as root, and the user ${USER} cannot access ${folder} or ${initdb}.\n` +
      'Run Sellout as a regular user, use a folder that other users can access, or set DATABASE_URL.',
  );
}

function idOf(flag: '-u' | '-g'): number {
  return Number.parseInt(execFileSync('id', [flag, USER], { encoding: 'utf8' }), 10);
}
