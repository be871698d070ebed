import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { Cluster } from '../../../scripts/cluster/cluster.ts';
import { ControlSocket, sendControl, type ControlCommand } from '../../../scripts/cluster/control.ts';
import { freePorts } from '../../../scripts/cluster/ports.ts';
import { runClusterCommand } from '../../../scripts/cluster/run-command.ts';
import { connectDatabase, sql, type Database } from '../../../src/platform/database/db.ts';
import { parseBookingId } from '../../../src/platform/ids.ts';
import { assertInvariants, silent } from '../../support/booking.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { TEST_SECRET } from '../../support/processes/server-process.ts';

const BUYERS = 4;
/** Confirmed bookings before and after the failure, of all buyers. */
const BOOKINGS = 20;

let folder: string;
let cluster: Cluster;
let control: ControlSocket;
let database: Database;
let hall: Hall;

beforeAll(async () => {
  folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'cluster-'));
  cluster = new Cluster({
    folder,
    ports: await freePorts(),
    redis: 'sentinel',
    apis: 2,
    workers: 1,
    durable: false,
    secret: TEST_SECRET,
    redisPassword: randomUUID(),
    env: { NODE_ENV: 'test', RATE_LIMITS: 'off' },
    report: () => undefined,
  });
  control = new ControlSocket(folder, (request) => runClusterCommand(cluster, request));
  await cluster.start(() => Promise.resolve());
  await control.start();
  database = connectDatabase(cluster.postgres.url, silent);
  hall = await createHall(database.worker, { rows: 20, seatsPerRow: 20, seatLimit: 400 });
});

afterAll(async () => {
  await control.stop();
  await database.close();
  await cluster.stop();
});

it('sells on through the death of the primary: no buyer sees an error, and no confirmed booking is lost', async () => {
  const old = findPrimary();
  const sale = await Sale.start();
  await sale.confirmed(BOOKINGS);

  expect(await run('kill', 'primary')).toBe(`${old.name} was killed.`);
  await eventually('another node is the primary', () => findPrimary() !== old);
  await sale.confirmed(BOOKINGS);
  await sale.end();

  expect(sale.errors).toEqual([]);
  expect(await readConfirmed()).toEqual(sale.bookings.toSorted());
  await assertInvariants(database.worker);
});

it('makes the old primary a standby, and commits wait for a standby again', async () => {
  expect(await run('heal')).toBe('All nodes work.');
  const states = await Promise.all(cluster.postgres.servers.map((server) => server.readState()));
  expect(states.toSorted()).toEqual(['primary', 'standby', 'standby']);
  await eventually('the healed node can acknowledge commits', async () => {
    const [row] = await findPrimary().ask<{ names: string }>(
      "SELECT current_setting('synchronous_standby_names') AS names",
    );
    return row?.names === `ANY 1 (${namesOfStandbys().join(', ')})`;
  });
});

it('does not let an old primary acknowledge anything, when it goes on after another was promoted', async () => {
  const old = findPrimary();
  // It connects past the balancer, as a process does that did not hear of the promotion.
  const client = new pg.Client({ connectionString: old.url });
  client.on('error', () => undefined);
  await client.connect();
  await run('pause', 'primary');
  await eventually('another node is the primary', () => findPrimary() !== old);
  await run('resume', old.name);

  const answer = client
    .query("INSERT INTO users (id, role, issuer, subject) VALUES ($1, 'BUYER', 'test', 'lost')", [
      randomUUID(),
    ])
    .then(
      () => 'acknowledged',
      () => 'refused',
    );
  const watcher = new pg.Client({ connectionString: old.url });
  await watcher.connect();
  await eventually('the commit waits for a standby', async () => {
    const { rows } = await watcher.query("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    return rows.length > 0;
  });
  await watcher.end();
  await run('heal', old.name);

  expect(await answer).toBe('refused');
  expect(await old.readState()).toBe('standby');
  const found = await database.worker.$queryRaw(sql`SELECT FROM users WHERE subject = 'lost'`);
  expect(found).toEqual([]);
});

it('does not promote a standby while another one that may have more does not respond', async () => {
  const [lagging, ...others] = cluster.postgres.servers.filter((server) => server !== findPrimary());
  if (lagging === undefined) throw new Error('there is no standby');
  const old = findPrimary();
  // Both at once: the supervisor cannot know what the paused standby has acknowledged.
  lagging.pause();
  await old.kill();
  await eventually(
    'the supervisor waits',
    () => cluster.postgres.supervisor.waitingFor === lagging.standbyName,
  );
  expect(findPrimary()).toBe(old);
  lagging.resume();
  await eventually('a standby is promoted', () => [lagging, ...others].includes(findPrimary()));
  await run('heal');
});

/** Buyers who hold and confirm one seat after another, at the address of the cluster. */
class Sale {
  readonly bookings: string[] = [];
  readonly errors: unknown[] = [];
  readonly #buyers: Promise<unknown>[] = [];
  #isOver = false;

  static async start(): Promise<Sale> {
    const sale = new Sale();
    onTestFinished(() => sale.end());
    const clients = await Promise.all(Array.from({ length: BUYERS }, () => BuyerClient.start(cluster.url)));
    sale.#buyers.push(...clients.map((client, i) => sale.#buy(client, i)));
    return sale;
  }

  /** Waits for this many more confirmed bookings. */
  async confirmed(count: number): Promise<void> {
    const target = this.bookings.length + count;
    await eventually(
      `${count} more bookings`,
      () => this.bookings.length >= target || this.errors.length > 0,
    );
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#buyers);
  }

  async #buy(client: BuyerClient, first: number): Promise<void> {
    for (let seat = first; !this.#isOver && this.errors.length === 0; seat += BUYERS) {
      const held = await client.hold(hall.eventId, [seat], randomUUID());
      const confirmed = held?.['__typename'] === 'Booking' ? await client.confirm(String(held['id'])) : held;
      const id = parseBookingId(String(confirmed?.['id']))?.bookingId;
      if (confirmed?.['status'] === 'CONFIRMED' && id !== undefined) this.bookings.push(id);
      else this.errors.push(confirmed);
    }
  }
}

function run(command: ControlCommand, node: string | null = null): Promise<string> {
  return sendControl(folder, { command, node });
}

function findPrimary() {
  return cluster.postgres.supervisor.primary;
}

function namesOfStandbys(): string[] {
  return cluster.postgres.servers
    .filter((server) => server !== findPrimary())
    .map(({ standbyName }) => standbyName);
}

async function readConfirmed(): Promise<string[]> {
  const rows = await database.worker.$queryRaw<{ id: string }[]>(
    sql`SELECT id FROM bookings WHERE event_id = ${hall.eventId} AND status = 'CONFIRMED' ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}
