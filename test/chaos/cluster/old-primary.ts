import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { waitUntilCommitWaits } from '../../support/processes/wait-until-commit-waits.ts';
import { mendAll, waitForPromotion, type ClusterFault, type FaultContext } from './cluster-fault.ts';

/** The primary hangs until another node is promoted, and goes on then, with its connections, as if nothing had happened. */
export async function oldPrimaryResumed(ctx: FaultContext): Promise<ClusterFault> {
  const old = ctx.cluster.postgres.supervisor.primary;
  const client = await connect(old.url);
  return comesBack(ctx, {
    kind: 'old primary goes on after the promotion',
    strike: () => old.pause(),
    comeBack: () => old.resume(),
    connected: () => client,
  });
}

/** The primary ends, and starts as it was when another node is promoted: without its supervisor, it is a primary again. */
export function oldPrimaryRestarted(ctx: FaultContext): ClusterFault {
  const old = ctx.cluster.postgres.supervisor.primary;
  return comesBack(ctx, {
    kind: 'old primary restarted after the promotion',
    strike: () => old.kill(),
    comeBack: () => old.start(),
    connected: () => connect(old.url),
  });
}

interface OldPrimary extends Pick<ClusterFault, 'kind' | 'strike'> {
  readonly comeBack: () => Promise<void> | void;
  /** Returns a client that writes to the old primary. */
  readonly connected: () => Promise<pg.Client> | pg.Client;
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
    takeover: () => waitForPromotion(cluster, old),
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
      if (!(await waitUntilCommitWaits(old, client, write)))
        breaches.push('a write at the old primary ended without a wait for a standby');
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
