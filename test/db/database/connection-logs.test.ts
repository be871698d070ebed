import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { connectDatabase } from '../../../src/platform/database/db.ts';
import { connectRedis } from '../../../src/platform/redis/redis.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { startTestRedis } from '../../support/services/redis.ts';

const LINE_LENGTH_MAX = 4_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function capturing(): { readonly lines: string[]; readonly logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  return { lines, logger: createLogger('debug', { write: (line: string) => void lines.push(line) }) };
}

/** Secrets that pg stores with a connection. */
interface Secrets {
  readonly processID: number;
  readonly secretKey: number;
  readonly password: string;
}

test('a lost connection is logged without its client, cancel key and password', async () => {
  const { lines, logger } = capturing();
  const pool = new pg.Pool({ connectionString: database.url });
  const client = await pool.connect();
  const secrets = client as unknown as Secrets;
  client.release();
  const lost = once(pool, 'error') as Promise<[Error]>;
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  await other.query('SELECT pg_terminate_backend($1)', [secrets.processID]);
  const [error] = await lost;
  expect(error).toHaveProperty('client.secretKey', secrets.secretKey);
  logger.warn({ err: error, pool: 'sellout reads' }, 'database connection lost');
  logger.error({ client, pool });
  await other.end();
  await pool.end();

  const [line = '', objects = ''] = lines;
  expect(JSON.parse(line)).toMatchObject({ err: { code: '57P01', severity: 'FATAL' } });
  expect(JSON.parse(objects)).toMatchObject({ client: '[Client]', pool: '[BoundPool]' });
  const password = new URL(database.url).password;
  for (const text of lines) {
    expect(text.length).toBeLessThan(LINE_LENGTH_MAX);
    expect(text).not.toContain(String(secrets.secretKey));
    expect(text).not.toContain(password);
  }
});

test('the log lines of our own connections are short and have no password', async () => {
  const { lines, logger } = capturing();
  const password = randomBytes(12).toString('hex');
  const wrong = new URL(database.url);
  wrong.password = password;
  const refused = connectDatabase(wrong.href, logger, { batches: 1, reads: 1, worker: 1 });
  await refused.reads.$queryRawUnsafe('SELECT 1').catch((error: unknown) => logger.error({ err: error }));
  await refused.close();

  const redis = await startTestRedis();
  const wrongRedis = new URL(redis.url);
  wrongRedis.password = password;
  const connection = connectRedis(wrongRedis.href, 'test', logger);
  await once(connection, 'error');
  await connection.ping().catch((error: unknown) => logger.error({ err: error }));
  connection.disconnect();
  await redis.stop();

  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(lines.join('')).toMatch(/password authentication failed/);
  for (const text of lines) {
    expect(text.length).toBeLessThan(LINE_LENGTH_MAX);
    expect(text).not.toContain(password);
  }
});
