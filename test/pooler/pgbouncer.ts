import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { postgresBinaries } from '../../scripts/local/postgres/binaries.ts';
import { postgresUserFor } from '../../scripts/local/postgres/system-user.ts';
import { freePort } from '../../scripts/local/ports.ts';
import { endProcess, spawnService } from '../../scripts/local/processes.ts';
import { eventually } from '../support/eventually.ts';
import { withLocalPort } from '../support/services/free-port.ts';
import { findPgBouncer } from './find-pgbouncer.ts';

export interface PgBouncer extends AsyncDisposable {
  /** Returns the address of a role through PgBouncer. */
  url(databaseUrl: string): string;
  readonly version: readonly [major: number, minor: number];
}

export interface PgBouncerOptions {
  readonly mode: 'session' | 'transaction';
  /** Role URLs of the database. PgBouncer needs their passwords. */
  readonly urls: readonly string[];
  /** Lines of the section `[pgbouncer]`. */
  readonly settings?: readonly string[];
}

/** Starts a PgBouncer in front of PostgreSQL. */
export async function startPgBouncer({ mode, urls, settings = [] }: PgBouncerOptions): Promise<PgBouncer> {
  const { program, version, env } = findPgBouncer();
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'pgbouncer-'));
  const user = postgresUserFor(folder, await postgresBinaries());
  const port = await freePort();
  const [first] = urls.map((url) => new URL(url));
  if (first === undefined) throw new Error('PgBouncer needs an address');
  const users = urls.map((url) => {
    const { username, password } = new URL(url);
    return `"${username}" "${password}"\n`;
  });
  const write = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    user.own(path.join(folder, name));
    return path.join(folder, name);
  };
  const config = write(
    'pgbouncer.ini',
    `[databases]
* = host=${first.hostname} port=${first.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = md5
auth_file = ${write('userlist.txt', users.join(''))}
pool_mode = ${mode}
${settings.join('\n')}
`,
  );
  const child = spawnService({
    command: program,
    args: [config],
    logFile: path.join(folder, 'pgbouncer.log'),
    env: { ...env },
    privileges: user.privileges,
    signalWithParent: 'KILL',
  });
  const url = (databaseUrl: string) => withLocalPort(port, databaseUrl);
  await eventually('PgBouncer accepts connections', () => isReachable(url(first.href)));
  return {
    url,
    version,
    async [Symbol.asyncDispose]() {
      if (child.pid !== undefined) await endProcess(child.pid, [{ signal: 'SIGKILL', waitMs: 5_000 }]);
    },
  };
}

async function isReachable(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
