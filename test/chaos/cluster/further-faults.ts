import {
  findNode,
  lasts,
  waitForRedisTakeover,
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

function balancerRestarted({ cluster }: FaultContext): ClusterFault {
  return restarted(cluster, 'balancer');
}

/** Ends all connections to the primary. */
function databaseBalancerRestarted({ cluster }: FaultContext): ClusterFault {
  return restarted(cluster, 'database-balancer');
}

function restarted(cluster: FaultContext['cluster'], name: string): ClusterFault {
  const node = findNode(cluster, name);
  return {
    kind: `${name} restarted`,
    strike: () => node.stop(),
    takeover: () => node.start(),
  };
}

/** What the process sends to the primary arrives seconds later, as after lost packets. */
function apiPartitioned({ random, line }: FaultContext): ClusterFault {
  return {
    kind: 'API process cut off from the primary',
    strike: () => void (line.stalled = true),
    async takeover() {
      await lasts(random);
      line.stalled = false;
    },
  };
}

function standbyKilled({ cluster, random }: FaultContext): ClusterFault {
  const node = pickStandby(cluster, random);
  return {
    kind: 'standby killed',
    strike: () => node.kill(),
    takeover() {},
  };
}

/** The standby acknowledges commits, and shows them to readers seconds later. */
function standbyLags({ cluster, random }: FaultContext): ClusterFault {
  const node = pickStandby(cluster, random);
  const delay = async (value: string) => {
    await node.ask(`ALTER SYSTEM SET recovery_min_apply_delay = '${value}'`);
    await node.ask('SELECT pg_reload_conf()');
  };
  return {
    kind: 'standby lags',
    strike: () => delay('10s'),
    takeover: () => lasts(random),
    mend: () => delay('0'),
  };
}

async function redisMasterHangs({ cluster }: FaultContext): Promise<ClusterFault> {
  const old = await cluster.redis.findMaster();
  return {
    kind: 'Redis master hangs',
    strike: () => old.pause(),
    takeover: () => waitForRedisTakeover(cluster, old),
  };
}

/** The process runs with a wrong clock until it is mended. */
export function clockSkewed({ cluster, random, clocks }: FaultContext): ClusterFault {
  const node = findNode(cluster, random.pick(['api-1', 'api-3', 'worker-1', 'worker-2']));
  const offset = random.pick(SKEWS);
  const restartWith = async (value: string | null) => {
    await node.stop();
    clocks.skew(node.name, value);
    await node.start();
  };
  return {
    kind: `clock of ${node.name.startsWith('api') ? 'an API process' : 'a worker'} wrong by ten minutes`,
    strike: () => restartWith(offset),
    takeover: () => lasts(random),
    mend: () => restartWith(null),
  };
}

function pickStandby(
  { postgres: { servers, supervisor } }: FaultContext['cluster'],
  random: FaultContext['random'],
) {
  return random.pick(servers.filter((server) => server !== supervisor.primary));
}
