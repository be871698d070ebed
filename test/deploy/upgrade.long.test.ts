import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { connectDatabase, type Database } from '../../src/platform/database/db.ts';
import { encodeEventId, encodeSeatId } from '../../src/platform/ids.ts';
import { freePort } from '../../scripts/local/ports.ts';
import { assertInvariants, silent } from '../support/booking.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { ServerProcess } from '../support/processes/server-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';
import { closeServer, listenOnFreePort } from '../support/services/free-port.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';
import { deployFolder } from './deploy-files.ts';

const BUYERS = 8;

let database: TestDatabase;
let redis: TestRedis;
let db: Database;
let at: Hall;
const apis = new Map<string, ServerProcess>();
let worker: ServerProcess;
/** What the script asked systemd for, in order. */
const calls: string[] = [];

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  db = connectDatabase(database.url, silent);
  at = await createHall(db.reads, { rows: 1, seatsPerRow: BUYERS });
  const settings = { databaseUrl: database.url, redisUrl: redis.url };
  for (const port of [await freePort(), await freePort()].map(String))
    apis.set(
      port,
      new ServerProcess({ file: 'src/main/api.ts', ...settings, env: { PORT: port, DRAIN_SECONDS: '1' } }),
    );
  worker = new ServerProcess({ file: 'src/main/worker.ts', ...settings });
  await Promise.all([...apis.values(), worker].map((server) => server.start()));
});

afterAll(async () => {
  await Promise.all([...apis.values(), worker].map((server) => server.stop()));
  await db.close();
  await redis.stop();
  await database.drop();
});

/** Does what systemd would do. */
async function control(command: string): Promise<void> {
  calls.push(command);
  const [, port = ''] = /^restart sellout-api@(\d+)$/.exec(command) ?? [];
  const server = command === 'restart sellout-worker' ? worker : apis.get(port);
  if (server !== undefined) {
    await server.stop();
    await server.start();
    // A migration of the next release: it only adds, and the running servers do not know it.
  } else if (command === 'start sellout-migrate') {
    await db.reads.$executeRawUnsafe(`ALTER TABLE events ADD COLUMN subtitle text`);
    await db.reads.$executeRawUnsafe(`ALTER TABLE bookings ADD COLUMN channel text NOT NULL DEFAULT 'web'`);
    await db.reads
      .$executeRawUnsafe(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
      VALUES ('${randomUUID()}', 'x', '29990101000000_next_release', now(), 1)`);
  } else throw new Error(`${command}: unknown`);
}

/** Runs the script with a `systemctl` that asks this test. */
async function upgrade(...ports: string[]): Promise<string> {
  const server = createServer((req, res) => {
    control(decodeURIComponent(req.url?.slice(1) ?? '')).then(
      () => res.writeHead(200).end(),
      (error: unknown) => res.writeHead(500).end(String(error)),
    );
  });
  const controlPort = await listenOnFreePort(server);
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'systemctl-'));
  const source = `#!${process.execPath}
    const command = encodeURIComponent(process.argv.slice(2).join(' '));
    const response = await fetch('http://127.0.0.1:${controlPort}/' + command);
    if (!response.ok) throw new Error(await response.text());`;
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'systemctl'), source, { mode: 0o755 });
  const env = { PATH: `${folder}:${path.dirname(process.execPath)}:${process.env['PATH']}` };
  try {
    return (await promisify(execFile)(path.join(deployFolder, 'systemd/upgrade.sh'), ports, { env })).stdout;
  } finally {
    server.closeAllConnections();
    await closeServer(server);
  }
}

/** Sends an operation as a client behind a balancer does: to another process if one does not accept it. */
async function send(token: string | null, query: string): Promise<Record<string, { __typename: string }>> {
  const failures: unknown[] = [];
  for (let attempt = 0; attempt < 40; attempt++) {
    const port = [...apis.keys()][attempt % apis.size];
    try {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query }),
      });
      const { data, errors } = (await response.json()) as {
        data?: Record<string, { __typename: string }>;
        errors?: unknown;
      };
      if (response.status !== 503 && data !== undefined) return data;
      failures.push(errors);
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, 'no process accepted the operation');
}

/** Holds and releases one seat again and again until `isOver`. Returns how often. */
async function buy(seat: number, isOver: () => boolean): Promise<number> {
  const { startGuestSession } = (await send(null, 'mutation { startGuestSession { token } }')) as unknown as {
    startGuestSession: { token: string };
  };
  for (let rounds = 0; ; rounds++) {
    if (isOver()) return rounds;
    const input = `eventId: "${encodeEventId(at.eventId)}", seatIds: ["${encodeSeatId(at.eventId, seat)}"], idempotencyKey: "${randomUUID()}"`;
    const held = await send(
      startGuestSession.token,
      `mutation { holdSeats(input: { ${input} }) { __typename ... on Booking { id } ... on Error { message } } }`,
    );
    expect(held).toMatchObject({ holdSeats: { __typename: 'Booking' } });
    const { id } = held['holdSeats'] as unknown as { id: string };
    const released = await send(
      startGuestSession.token,
      `mutation { releaseBooking(input: { bookingId: "${id}" }) { __typename ... on Error { message } } }`,
    );
    expect(released).toMatchObject({ releaseBooking: { __typename: 'Booking' } });
  }
}

it('upgrades every process while buyers hold seats, and none of them notices', async () => {
  const pids = () => [...apis.values(), worker].map(({ pid }) => pid);
  const before = pids();
  const ports = [...apis.keys()];
  let isOver = false;
  const buyers = Array.from({ length: BUYERS }, (_, seat) => buy(seat, () => isOver));
  const output = await upgrade(...ports).finally(() => (isOver = true));
  const rounds = await Promise.all(buyers);
  expect(calls).toEqual([
    'start sellout-migrate',
    ...ports.map((port) => `restart sellout-api@${port}`),
    'restart sellout-worker',
  ]);
  expect(output).toBe(ports.map((port) => `sellout-api@${port} is ready.\n`).join(''));
  expect(pids().filter((pid) => before.includes(pid))).toEqual([]);
  expect(Math.min(...rounds)).toBeGreaterThan(0);
  await assertInvariants(db.reads);
}, 120_000);

it('refuses to upgrade the only process', async () => {
  await expect(upgrade([...apis.keys()][0] ?? '')).rejects.toMatchObject({ code: 2 });
});
