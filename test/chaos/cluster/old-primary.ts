import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { mendAll, takesOver, type ClusterFault, type FaultContext } from './cluster-fault.ts';

/**
 * The primary hangs until another node is promoted, and goes on then, as if nothing had happened. A client that is still
 * connected to it writes: the old primary must not acknowledge that, and nobody may find it later.
 */
export async function oldPrimaryResumed({ cluster, breaches }: FaultContext): Promise<ClusterFault> {
  const { supervisor } = cluster.postgres;
  const old = supervisor.primary;
  const client = await connect(old.url);
  const subject = `lost-${randomUUID()}`;
  let write: Promise<'acknowledged' | 'refused'> | undefined;
  return {
    kind: 'old primary goes on after the promotion',
    strike: () => Promise.resolve(old.pause()),
    takeover: () => takesOver('a standby is promoted', () => supervisor.primary !== old),
    async mend() {
      old.resume();
      write = client
        .query("INSERT INTO users (id, role, issuer, subject) VALUES ($1, 'BUYER', 'chaos', $2)", [
          randomUUID(),
          subject,
        ])
        .then(
          () => 'acknowledged',
          () => 'refused',
        );
      const watcher = await connect(old.url);
      await takesOver('the commit at the old primary waits for a standby', async () => {
        const { rows } = await watcher.query("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        return rows.length > 0;
      });
      await watcher.end();
      // It is neither down nor paused.
      await old.heal();
      await mendAll(cluster);
      if ((await write) === 'acknowledged') breaches.push('the old primary has acknowledged a write');
      const found = await supervisor.primary.ask('SELECT FROM users WHERE subject = $1', [subject]);
      if (found.length > 0) breaches.push('a write at the old primary is at the new one');
    },
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // The server is killed; queries fail too.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
