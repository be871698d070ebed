import { chownSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis as Client } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { clusterPaths } from '../../scripts/local/postgres/cluster.ts';
import { connectDatabase } from '../../src/platform/database/db.ts';
import { encodeEventId } from '../../src/platform/ids.ts';
import { silent } from '../support/booking.ts';
import { BuyerClient, socketTo } from '../support/clients/buyer-client.ts';
import { eventually } from '../support/eventually.ts';
import { createHall } from '../support/hall.ts';
import { startApiProcess, startWorkerProcess, TEST_SECRET } from '../support/processes/api-process.ts';
import { runToEnd } from '../support/processes/run-to-end.ts';
import { createCertificate, type Certificate } from '../support/services/certificate.ts';
import { freePort } from '../../scripts/local/ports.ts';
import { startTestPostgres, type TestPostgres } from '../support/services/postgres.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';

/*
 * PostgreSQL and Redis accept only encrypted connections, as those of most providers do.
 */

const DATABASE = 'sellout';

let certificate: Certificate;
let postgres: TestPostgres;
let redis: TestRedis;
let redisUrl: string;

beforeAll(async () => {
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'tls-'));
  certificate = await createCertificate(folder);
  [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis({ kind: 'single' })]);
  await requireTlsOfPostgres();
  redisUrl = await requireTlsOfRedis(folder);
});

afterAll(async () => {
  await Promise.all([postgres[Symbol.asyncDispose](), redis.kill()]);
});

async function requireTlsOfPostgres(): Promise<void> {
  const { cluster } = clusterPaths(postgres.folder);
  const { uid, gid } = statSync(cluster);
  const write = (name: string, text: string) => {
    const file = path.join(cluster, name);
    writeFileSync(file, text, { mode: 0o600 });
    chownSync(file, uid, gid);
  };
  write('server.crt', certificate.cert);
  write('server.key', certificate.key);
  const rules = readFileSync(path.join(cluster, 'pg_hba.conf'), 'utf8');
  write('pg_hba.conf', `hostnossl ${DATABASE} all all reject\n${rules}`);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('ALTER SYSTEM SET ssl = on');
  await client.query('SELECT pg_reload_conf()');
  await client.end();
  await eventually('PostgreSQL refuses plain connections', async () => {
    const plain = new pg.Client({ connectionString: postgres.url });
    const error = await plain.connect().catch((reason: Error) => reason);
    await plain.end();
    return error instanceof Error && error.message.includes('no encryption');
  });
}

async function requireTlsOfRedis(folder: string): Promise<string> {
  const keyFile = path.join(folder, 'redis.key');
  writeFileSync(keyFile, certificate.key);
  const client = new Client(redis.url);
  const port = await freePort();
  await client.config('SET', 'tls-cert-file', certificate.file, 'tls-key-file', keyFile);
  await client.config('SET', 'tls-ca-cert-file', certificate.file, 'tls-auth-clients', 'no');
  await client.config('SET', 'tls-port', port);
  await client.config('SET', 'port', 0);
  client.disconnect();
  const { password } = new URL(redis.url);
  return `rediss://:${password}@127.0.0.1:${port}`;
}

function settings() {
  return {
    databaseUrl: `${postgres.url}?sslmode=verify-full&sslrootcert=${certificate.file}`,
    redisUrl,
    env: { NODE_EXTRA_CA_CERTS: certificate.file },
  };
}

describe('with PostgreSQL and Redis that require TLS', () => {
  it('seats are held and shown, all sessions are encrypted, and a restart of PostgreSQL is survived', async () => {
    const database = connectDatabase(settings().databaseUrl, silent);
    const hall = await createHall(database.reads);
    await using api = await startApiProcess(settings());
    await using _worker = await startWorkerProcess(settings());
    const messages: unknown[] = [];
    const query = `subscription { seatUpdates(eventId: "${encodeEventId(hall.eventId)}") {
      __typename ... on SeatsChanged { seats { index status } } } }`;
    const next = ({ data }: { data?: unknown }) => void messages.push(data);
    socketTo(api.url).subscribe({ query }, { next, error: () => undefined, complete: () => undefined });
    await eventually('the snapshot', () => messages.length > 0);

    const buyer = await BuyerClient.start(api.url);
    expect(await buyer.hold(hall.eventId, [0])).toMatchObject({ status: 'HOLD' });
    await eventually('the change', () => messages.length > 1);
    expect(messages[1]).toMatchObject({ seatUpdates: { seats: [{ index: 0, status: 'HELD' }] } });
    const sessions = await database.reads.$queryRaw`SELECT DISTINCT ssl FROM pg_stat_ssl
      JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'sellout %'`;
    expect(sessions).toEqual([{ ssl: true }]);

    await postgres.restart('immediate');
    await eventually('seats are held again', async () => {
      const held = await buyer.hold(hall.eventId, [1]).catch((error: unknown) => ({ status: error }));
      return held['status'] === 'HOLD';
    });
    await database.close();
  });

  it.each(['src/main/api.ts', 'src/main/worker.ts'])(
    '%s does not start without their authority, and says what to set',
    async (file) => {
      const { databaseUrl } = settings();
      const common = { AUTH_SECRET: TEST_SECRET, PORT: '0', METRICS_PORT: '0', REDIS_URL: redisUrl };
      const advice = /: the authority of its certificate is unknown; set NODE_EXTRA_CA_CERTS/;
      const noRedis = await runToEnd([file], { ...common, DATABASE_URL: databaseUrl });
      expect(noRedis).toMatchObject({ code: 1, stderr: expect.stringMatching(/^REDIS_URL: cannot connect/) });
      expect(noRedis.stderr).toMatch(advice);
      const [url] = databaseUrl.split('?');
      const DATABASE_URL = `${url}?sslmode=verify-full`;
      const plainRedis = { REDIS_URL: 'redis://127.0.0.1:1' };
      const noDatabase = await runToEnd([file], { ...common, ...plainRedis, DATABASE_URL });
      expect(noDatabase).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^DATABASE_URL: cannot connect/),
      });
      expect(noDatabase.stderr).toMatch(advice);
    },
  );
});
