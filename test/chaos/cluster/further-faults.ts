import {
  findNode,
  lasts,
  mendAll,
  takesOver,
  type ClusterFault,
  type FaultContext,
} from './cluster-fault.ts';
import { zoneLost } from './kills.ts';
import { oldPrimaryRestarted, oldPrimaryResumed } from './old-primary.ts';
import { orderedReadOnly, serverReadOnly } from './read-only-faults.ts';

const SKEWS = ['+10m', '-10m'] as const;

/** Faults of which the short form has none. */
export const furtherFaults = [
  zoneLost,
  oldPrimaryResumed,
  oldPrimaryRestarted,
  orderedReadOnly,
  serverReadOnly,
  balancerRestarted,
  databaseBalancerRestarted,
  apiPartitioned,
  standbyKilled,
  standbyLags,
  redisMasterHangs,
] as const;

async function balancerRestarted({ cluster }: FaultContext): Promise<ClusterFault> {
  return await restarted(cluster, 'balancer');
}

/** Ends all connections to the primary. */
async function databaseBalancerRestarted({ cluster }: FaultContext): Promise<ClusterFault> {
  return await restarted(cluster, 'database-balancer');
}

async function restarted(cluster: FaultContext['cluster'], name: string): Promise<ClusterFault> {
  const node = findNode(cluster, name);
  return await Promise.resolve({
    kind: `${name} restarted`,
    strike: () => node.stop(),
    takeover: () => node.start(),
    mend: () => mendAll(cluster),
  });
}

/** What the process sends to the primary arrives seconds later, as after lost packets. */
async function apiPartitioned({ cluster, random, line }: FaultContext): Promise<ClusterFault> {
  return await Promise.resolve({
    kind: 'API process cut off from the primary',
    strike: () => Promise.resolve(void (line.stalled = true)),
    async takeover() {
      await lasts(random);
      line.stalled = false;
    },
    mend: () => mendAll(cluster),
  });
}

async function standbyKilled({ cluster, random }: FaultContext): Promise<ClusterFault> {
  const node = pickStandby(cluster, random);
  return await Promise.resolve({
    kind: 'standby killed',
    strike: () => node.kill(),
    takeover: () => Promise.resolve(),
    mend: () => mendAll(cluster),
  });
}

/** The standby acknowledges commits, and shows them to readers seconds later. */
async function standbyLags({ cluster, random }: FaultContext): Promise<ClusterFault> {
  const node = pickStandby(cluster, random);
  const delay = async (value: string) => {
    await node.ask(`ALTER SYSTEM SET recovery_min_apply_delay = '${value}'`);
    await node.ask('SELECT pg_reload_conf()');
  };
  return await Promise.resolve({
    kind: 'standby lags',
    strike: () => delay('10s'),
    takeover: () => lasts(random),
    async mend() {
      await delay('0');
      await mendAll(cluster);
    },
  });
}

async function redisMasterHangs({ cluster }: FaultContext): Promise<ClusterFault> {
  const old = await cluster.redis.findMaster();
  return {
    kind: 'Redis master hangs',
    strike: () => Promise.resolve(old.pause()),
    takeover: () =>
      takesOver('another Redis is the master', async () => {
        const master = await cluster.redis.findMaster();
        return master !== old && (await master.readState()) === 'master';
      }),
    mend: () => mendAll(cluster),
  };
}

/** The process runs with a wrong clock until it is mended. */
export async function clockSkewed({ cluster, random, clocks }: FaultContext): Promise<ClusterFault> {
  const node = findNode(cluster, random.pick(['api-1', 'api-3', 'worker-1', 'worker-2']));
  const offset = random.pick(SKEWS);
  const restartWith = async (value: string | null) => {
    await node.stop();
    clocks.skew(node.name, value);
    await node.start();
  };
  return await Promise.resolve({
    kind: `clock of ${node.name.startsWith('api') ? 'an API process' : 'a worker'} wrong by ten minutes`,
    strike: () => restartWith(offset),
    takeover: () => lasts(random),
    async mend() {
      await restartWith(null);
      await mendAll(cluster);
    },
  });
}

function pickStandby(
  { postgres: { servers, supervisor } }: FaultContext['cluster'],
  random: FaultContext['random'],
) {
  return random.pick(servers.filter((server) => server !== supervisor.primary));
}
