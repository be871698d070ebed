import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { eventually } from '../../support/eventually.ts';
import { waitUntilCommitWaits } from '../../support/processes/wait-until-commit-waits.ts';
import { TestCluster } from './cluster.fixture.ts';

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

/** Resolves when a commit may be on either standby alone. */
async function bothAcknowledge(): Promise<void> {
  await eventually('each standby can acknowledge commits', async () => {
    const [row] = await cluster.primary.ask<{ names: string }>(
      "SELECT current_setting('synchronous_standby_names') AS names",
    );
    return row?.names === `ANY 1 (${cluster.standbys.map(({ standbyName }) => standbyName).join(', ')})`;
  });
}

it('makes a killed primary a standby, and commits wait for a standby again', async () => {
  const old = cluster.primary;
  await cluster.run('kill', 'primary');
  await eventually('another node is the primary', () => cluster.primary !== old);
  expect(await cluster.run('heal')).toBe('All nodes work.');
  const states = await Promise.all(cluster.nodes.postgres.servers.map((server) => server.readState()));
  expect(states.toSorted()).toEqual(['primary', 'standby', 'standby']);
  await bothAcknowledge();
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
  expect(await waitUntilCommitWaits(old, client, answer)).toBe(true);
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

it('leaves standbys attached while another one does not respond, so that commits go on if the primary does', async () => {
  const [silent, other] = cluster.standbys;
  if (silent === undefined || other === undefined) throw new Error('there are not two standbys');
  await bothAcknowledge();
  const readChange = () => other.ask("SELECT modification FROM pg_stat_file('postgresql.auto.conf')");
  const before = await readChange();
  silent.pause();
  cluster.primary.pause();
  await eventually('the supervisor waits', () => cluster.nodes.postgres.supervisor.waitingFor !== null);
  expect(await readChange()).toEqual(before);
  cluster.primary.resume();
  await eventually('the primary responds', () => cluster.nodes.postgres.supervisor.waitingFor === null);
  await cluster.run('heal');
});

it('lets a standby that detached too late follow the primary again', async () => {
  const [late] = cluster.standbys;
  if (late === undefined) throw new Error('there is no standby');
  const old = cluster.primary;
  await bothAcknowledge();
  const [receiver] = await late.ask<{ pid: number }>('SELECT pid FROM pg_stat_wal_receiver');
  // The server responds, but does not end replication in time.
  process.kill(receiver?.pid ?? 0, 'SIGSTOP');
  old.pause();
  await eventually(
    'the supervisor waits',
    () => cluster.nodes.postgres.supervisor.waitingFor === late.standbyName,
  );
  old.resume();
  await eventually('the primary responds', () => cluster.nodes.postgres.supervisor.waitingFor === null);
  process.kill(receiver?.pid ?? 0, 'SIGCONT');
  await eventually('it replicates', async () => (await late.readState()) === 'standby');
  expect(cluster.primary).toBe(old);
});

it('copies the primary again if another node was promoted meanwhile', async () => {
  const [copy, other] = cluster.standbys;
  if (copy === undefined || other === undefined) throw new Error('there are not two standbys');
  await copy.kill();
  const { supervisor } = cluster.nodes.postgres;
  await eventually(
    'the other one has every commit',
    () => supervisor.requiredStandbys.join() === other.standbyName,
  );
  const rebuild = copy.rebuild.bind(copy);
  vi.spyOn(copy, 'rebuild').mockImplementationOnce(async (source, names) => {
    source.pause();
    await eventually('the other standby is promoted', () => cluster.primary === other);
    source.resume();
    // Only now does the copy have something that the new primary lacks.
    await source.ask('SELECT pg_switch_wal()');
    await rebuild(source, names);
  });
  await cluster.run('heal', copy.name);
  await eventually('it replicates from the new primary', async () => {
    const streaming = "SELECT FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'";
    return (await other.ask(streaming, [copy.standbyName])).length === 1;
  });
  expect(cluster.primary).toBe(other);
  await cluster.run('heal');
});
