import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { PostgresNode } from '../../../scripts/cluster/postgres/postgres-node.ts';
import { mendAll, takesOver, type ClusterFault, type FaultContext } from './cluster-fault.ts';

/** The primary hangs until another node is promoted, and goes on then, with its connections, as if nothing had happened. */
export async function oldPrimaryResumed(ctx: FaultContext): Promise<ClusterFault> {
  const old = ctx.cluster.postgres.supervisor.primary;
  const client = await connect(old.url);
  return comesBack(ctx, {
    kind: 'old primary goes on after the promotion',
    strike: () => Promise.resolve(old.pause()),
    comeBack: () => Promise.resolve(old.resume()),
    connected: () => Promise.resolve(client),
  });
}

/** The primary ends, and starts as it was when another node is promoted: without its supervisor, it is a primary again. */
export async function oldPrimaryRestarted(ctx: FaultContext): Promise<ClusterFault> {
  const old = ctx.cluster.postgres.supervisor.primary;
  return await Promise.resolve(
    comesBack(ctx, {
      kind: 'old primary restarted after the promotion',
      strike: () => old.kill(),
      comeBack: () => old.start(),
      connected: () => connect(old.url),
    }),
  );
}

interface OldPrimary extends Pick<ClusterFault, 'kind' | 'strike'> {
  readonly comeBack: () => Promise<void>;
  /** Returns a client that writes to the old primary. */
  readonly connected: () => Promise<pg.Client>;
}

/** A client writes to the primary of the past: it must not acknowledge that, and nobody may find it later. */
function comesBack(
  { cluster, breaches }: FaultContext,
  { kind, strike, comeBack, connected }: OldPrimary,
): ClusterFault {
  const { supervisor } = cluster.postgres;
  const old = supervisor.primary;
  const subject = `lost-${randomUUID()}`;
  return {
    kind,
    strike,
    takeover: () => takesOver('a standby is promoted', () => supervisor.primary !== old),
    async mend() {
      await comeBack();
      const client = await connected();
      const write = client
        .query("INSERT INTO users (id, role, issuer, subject) VALUES ($1, 'BUYER', 'chaos', $2)", [
          randomUUID(),
          subject,
        ])
        .then(
          () => 'acknowledged',
          () => 'refused',
        );
      await waitsForStandby(old);
      // It is neither down nor paused.
      await old.heal();
      await mendAll(cluster);
      if ((await write) === 'acknowledged') breaches.push('the old primary has acknowledged a write');
      const found = await supervisor.primary.ask('SELECT FROM users WHERE subject = $1', [subject]);
      if (found.length > 0) breaches.push('a write at the old primary is at the new one');
    },
  };
}

async function waitsForStandby(old: PostgresNode): Promise<void> {
  const watcher = await connect(old.url);
  await takesOver('the commit at the old primary waits for a standby', async () => {
    const { rows } = await watcher.query("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    return rows.length > 0;
  });
  await watcher.end();
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // The server is killed; queries fail too.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
