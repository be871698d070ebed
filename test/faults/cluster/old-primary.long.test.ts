import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { eventually } from '../../support/eventually.ts';
import { TestCluster } from './cluster.fixture.ts';

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

it('makes a killed primary a standby, and commits wait for a standby again', async () => {
  const old = cluster.primary;
  await cluster.run('kill', 'primary');
  await eventually('another node is the primary', () => cluster.primary !== old);
  expect(await cluster.run('heal')).toBe('All nodes work.');
  const states = await Promise.all(cluster.nodes.postgres.servers.map((server) => server.readState()));
  expect(states.toSorted()).toEqual(['primary', 'standby', 'standby']);
  await eventually('the healed node can acknowledge commits', async () => {
    const [row] = await cluster.primary.ask<{ names: string }>(
      "SELECT current_setting('synchronous_standby_names') AS names",
    );
    return row?.names === `ANY 1 (${cluster.standbys.map(({ standbyName }) => standbyName).join(', ')})`;
  });
});

it('does not let an old primary acknowledge anything, when it goes on after another was promoted', async () => {
  const old = cluster.primary;
  // It connects past the balancer, as a process does that did not hear of the promotion.
  const client = new pg.Client({ connectionString: old.url });
  client.on('error', () => undefined);
  await client.connect();
  await cluster.run('pause', 'primary');
  await eventually('another node is the primary', () => cluster.primary !== old);
  await cluster.run('resume', old.name);

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
  await cluster.run('heal', old.name);

  expect(await answer).toBe('refused');
  expect(await old.readState()).toBe('standby');
  const found = await cluster.database.worker.$queryRaw(sql`SELECT FROM users WHERE subject = 'lost'`);
  expect(found).toEqual([]);
});

it('does not promote a standby while another one that may have more does not respond', async () => {
  const [lagging, ...others] = cluster.standbys;
  if (lagging === undefined) throw new Error('there is no standby');
  const old = cluster.primary;
  // Both at once: the supervisor cannot know what the paused standby has acknowledged.
  lagging.pause();
  await old.kill();
  await eventually(
    'the supervisor waits',
    () => cluster.nodes.postgres.supervisor.waitingFor === lagging.standbyName,
  );
  expect(cluster.primary).toBe(old);
  lagging.resume();
  await eventually('a standby is promoted', () => [lagging, ...others].includes(cluster.primary));
  await cluster.run('heal');
});
