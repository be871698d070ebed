import { execFileSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import type { PostgresBinaries } from './binaries.ts';
import { runs } from '../processes.ts';

// PostgreSQL refuses to run as root. Root runs it as an existing unprivileged user instead of creating one.
const USER = 'nobody';

/**
 * Capabilities that let the user enter a folder that only root can enter, such as a clone in /root. The first sufficient
 * entry is used: none; CAP_DAC_READ_SEARCH; or CAP_DAC_OVERRIDE, for containers whose root lacks the other one. The secure
 * bit makes access(2), which PostgreSQL uses to find its files, take the capabilities into account.
 */
const CAPABILITY_OPTIONS = [[], ['dac_read_search'], ['dac_override']].map((names) =>
  names.flatMap((name) => [
    '--securebits=+no_setuid_fixup',
    `--inh-caps=+${name}`,
    `--ambient-caps=+${name}`,
  ]),
);

export interface PostgresUser {
  /** Options of setpriv. Empty unless this process runs as root. */
  privileges: string[];
  /** Makes the user the owner of a file or folder. */
  own(path: string): void;
}

/** Chooses the user that runs PostgreSQL on `folder`, which must exist. */
export function postgresUserFor(folder: string, { initdb }: PostgresBinaries): PostgresUser {
  if (process.getuid?.() !== 0) return { privileges: [], own: () => {} };
  // A cluster that a regular user created keeps its owner; a folder that was just created belongs to root.
  const owner = statSync(folder);
  const [uid, gid] = owner.uid === 0 ? [idOf('-u'), idOf('-g')] : [owner.uid, owner.gid];
  const own = (path: string): void => chownSync(path, uid, gid);
  own(folder);
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  // initdb --show finds its files and prints its settings; test(1) checks that the folder is writable.
  const script = 'test -w "$1" && "$2" --show --username=sellout --locale=C --pgdata="$1"';
  for (const capabilities of CAPABILITY_OPTIONS) {
    const privileges = [...identity, ...capabilities];
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
