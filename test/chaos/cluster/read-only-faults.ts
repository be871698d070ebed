import { sql } from '../../../src/platform/database/db.ts';
import { runToEnd } from '../../support/processes/run-to-end.ts';
import { lasts, waitFor, type ClusterFault, type FaultContext } from './cluster-fault.ts';
import { allProcesses } from './write-modes.ts';

/** An operator switches writes off, and on after a while. In between, nothing may change. */
export function orderedReadOnly(ctx: FaultContext): ClusterFault {
  const { cluster, random, breaches } = ctx;
  const order = async (...args: readonly string[]) => {
    const env = { DATABASE_URL: cluster.postgres.url };
    const { code, stderr } = await runToEnd(['scripts/read-only.ts', ...args], env);
    if (code !== 0) throw new Error(`npm run read-only ended with ${code}: ${stderr}`);
  };
  return {
    kind: 'writes switched off by an operator',
    strike: () => order('on', '--reason', 'Chaos'),
    async takeover() {
      await allProcesses(cluster, 'READ_ONLY');
      await waitFor('the last batches end', async () => (await countBatches(ctx)) === 0);
      const before = await readVersions(ctx);
      await lasts(random);
      if ((await readVersions(ctx)) !== before) breaches.push('seats changed while writes were switched off');
      await order('auto');
      await allProcesses(cluster, 'NORMAL');
    },
  };
}

/** The primary refuses writes, as before a planned switchover. */
export function serverReadOnly({ cluster, random }: FaultContext): ClusterFault {
  const { primary } = cluster.postgres.supervisor;
  const set = async (change: string) => {
    await primary.ask(`ALTER SYSTEM ${change}`);
    await primary.ask('SELECT pg_reload_conf()');
  };
  return {
    kind: 'primary refuses writes',
    strike: () => set('SET default_transaction_read_only = on'),
    async takeover() {
      await allProcesses(cluster, 'READ_ONLY');
      await lasts(random);
      await set('RESET default_transaction_read_only');
      await allProcesses(cluster, 'NORMAL');
    },
  };
}

async function countBatches({ database }: FaultContext): Promise<number> {
  const [row] = await database.reads.$queryRaw<[{ count: number }]>(sql`
    SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'sellout batches' AND state <> 'idle'`);
  return row.count;
}

/** Returns a number that rises with each change of seats. */
async function readVersions({ database }: FaultContext): Promise<number> {
  const [row] = await database.reads.$queryRaw<[{ sum: number }]>(
    sql`SELECT sum(seat_version)::float8 AS sum FROM events`,
  );
  return row.sum;
}
