import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { explainListenError } from '../../src/platform/listen.ts';
import { StartupError } from '../../src/platform/errors.ts';
import { TEST_SECRET } from '../support/processes/api-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';
import { closeServer, listenOnFreePort } from '../support/services/free-port.ts';
import type { RewritingProxy } from '../support/proxies/rewriting-proxy.ts';
import { startOlderPostgres } from '../support/services/older-postgres.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';
import { runToEnd, type Ended } from '../support/processes/run-to-end.ts';

const NOWHERE_POSTGRES = 'postgresql://sellout:hunter2@127.0.0.1:1/sellout';
const NOWHERE_REDIS = 'redis://:hunter2@127.0.0.1:1';

let database: TestDatabase;
let older: RewritingProxy;
let redis: TestRedis;
let folder: string;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  await client.end();
  older = await startOlderPostgres(database.url, rows[0]?.server_version_num ?? '');
  folder = mkdtempSync(path.join(inject('scratchFolder'), 'start-up-'));
});
afterAll(async () => {
  await older[Symbol.asyncDispose]();
  await redis.stop();
  await database.drop();
});

function run(file: string, env: Record<string, string> = {}): Promise<Ended> {
  return runToEnd([file], {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    AUTH_SECRET: TEST_SECRET,
    SELLOUT_DATA_DIR: folder,
    ...env,
  });
}

function aFile(): string {
  const file = path.join(folder, 'file');
  // Executable, so that only its type is wrong.
  writeFileSync(file, '', { mode: 0o755 });
  return file;
}

/** Returns the output for the operator, without the steps that succeeded. */
function advice({ code, stderr }: Ended): string {
  expect(code).toBe(1);
  expect(stderr).not.toMatch(/hunter2|\n {4}at /);
  const lines = stderr.split('\n').filter((line) => line !== '' && !/^ {2}[✓✗…]/.test(line));
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

const servers = ['src/main/api.ts', 'src/main/worker.ts'] as const;
const start = 'scripts/start.ts';

describe('a server that is too old', () => {
  it.each([...servers, start, 'scripts/migrate.ts'])('stops %s with one line', async (file) => {
    expect(advice(await run(file, { DATABASE_URL: older.url }))).toMatch(
      /^DATABASE_URL: the server runs PostgreSQL 15\.\d+, but Sellout requires PostgreSQL 17 or newer\.$/,
    );
  });
});

describe('a database that is not migrated', () => {
  it.each(servers)('stops %s with one line', async (file) => {
    const empty = new URL(database.url);
    empty.pathname = '/postgres';
    expect(advice(await run(file, { DATABASE_URL: empty.href }))).toMatch(
      /^DATABASE_URL: the database is missing the migration \S+ and \d+ more\. Run npm run db:migrate first\.$/,
    );
  });
});

describe('npm start', () => {
  it('names DATABASE_URL if nothing answers there', async () => {
    expect(advice(await run(start, { DATABASE_URL: NOWHERE_POSTGRES }))).toMatch(
      /^DATABASE_URL: cannot connect to PostgreSQL at 127\.0\.0\.1:1: .*ECONNREFUSED/,
    );
  });

  it('names REDIS_URL if nothing answers there', async () => {
    expect(advice(await run(start, { REDIS_URL: NOWHERE_REDIS }))).toMatch(
      /^REDIS_URL: cannot connect to Redis at 127\.0\.0\.1:1: .*ECONNREFUSED/,
    );
  });

  it('names REDIS_URL if Redis refuses the password', async () => {
    const wrong = Object.assign(new URL(redis.url), { password: 'hunter2' });
    expect(advice(await run(start, { REDIS_URL: wrong.href }))).toMatch(/^REDIS_URL: .*WRONGPASS/);
  });

  it('names PORT if another program has it', async () => {
    await withPort(async (port) => {
      expect(advice(await run(start, { PORT: String(port) }))).toBe(
        `PORT: port ${port} is in use by another program. Choose another port, such as PORT=${port + 1}.`,
      );
    });
  });

  it.each([
    ['below a file', () => path.join(aFile(), 'data'), 'ENOTDIR'],
    ['a file', aFile, 'ENOTDIR'],
    ['in a file system that allows no folders', () => '/proc/sellout', 'ENOENT'],
  ])('names SELLOUT_DATA_DIR if the folder is %s', async (_, makePath, code) => {
    const data = makePath();
    expect(advice(await run(start, { SELLOUT_DATA_DIR: data }))).toBe(
      `SELLOUT_DATA_DIR: ${data} is not writable (${code}). ` +
        `Choose a folder that this user can write to, such as SELLOUT_DATA_DIR=${homedir()}/sellout-data.`,
    );
  });

  it('names SELLOUT_DATA_DIR if the folder is read-only for the user', async () => {
    const locked = mkdtempSync(path.join(folder, 'locked-'));
    chmodSync(locked, 0o500);
    // Root may write anywhere, so the script becomes another user first.
    const script = `import { openDataFolder } from './scripts/local/data-folder.ts';
      if (process.getuid() === 0) process.setuid(65534);
      openDataFolder({ SELLOUT_DATA_DIR: process.argv[1] });`;
    const { code, stderr } = await runToEnd(['--input-type=module', '-e', script, locked], {});
    expect(code).toBe(1);
    expect(stderr).toContain(`SELLOUT_DATA_DIR: ${locked} is not writable (EACCES). Choose a folder`);
  });

  it('warns about a variable that is probably misspelled, and continues', async () => {
    const { stderr } = await run(start, { FEED_TICKS_MS: '5', REDIS_URL: NOWHERE_REDIS });
    expect(stderr).toContain(
      '! FEED_TICKS_MS is not a known setting and is ignored. Did you mean FEED_TICK_MS?',
    );
    expect(stderr).toContain('REDIS_URL: cannot connect');
  });
});

describe('a server started without npm start', () => {
  it.each([
    ['src/main/api.ts', 'PORT'],
    ['src/main/api.ts', 'METRICS_PORT'],
    ['src/main/worker.ts', 'METRICS_PORT'],
  ])('%s names %s if another program has it', async (file, variable) => {
    await withPort(async (port) => {
      expect(advice(await run(file, { [variable]: String(port) }))).toBe(
        `${variable}: port ${port} is in use by another program. Choose another port, such as ${variable}=${port + 1}.`,
      );
    });
  });

  it.each([
    ['HOST', {}],
    ['METRICS_HOST', { METRICS_PORT: '0' }],
  ])('names %s if the machine has no such address', async (variable, env) => {
    expect(advice(await run('src/main/api.ts', { ...env, [variable]: '192.0.2.1' }))).toBe(
      `${variable}: 192.0.2.1 is not an address of this machine (EADDRNOTAVAIL).`,
    );
  });

  it.each(servers)('%s reports an invalid configuration without a stack trace', async (file) => {
    const { code, stderr } = await run(file, { PORT: 'abc' });
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      'The configuration has 1 error:',
      '  PORT: must be a number, not "abc"',
    ]);
  });
});

it('a port that needs privileges gets advice', () => {
  const refused = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
  const error = explainListenError(refused, { variable: 'PORT', port: 80 });
  expect(error).toBeInstanceOf(StartupError);
  expect(String(error)).toContain(
    'PORT: port 80 requires privileges that this user does not have. Choose one above 1023',
  );
  const other = new Error('anything else');
  expect(explainListenError(other, { variable: 'PORT', port: 80 })).toBe(other);
});

async function withPort(work: (port: number) => Promise<void>): Promise<void> {
  const server: Server = createServer();
  const port = await listenOnFreePort(server);
  try {
    await work(port);
  } finally {
    await closeServer(server);
  }
}
