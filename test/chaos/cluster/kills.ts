import {
  waitForPromotion,
  waitForRedisTakeover,
  type ClusterFault,
  type FaultContext,
} from './cluster-fault.ts';

/** The loss of a zone in three parts: a primary, a Redis master and an API process, one after the other. */
export const kills = [primaryKilled, redisMasterKilled, apiKilled] as const;

function primaryKilled({ cluster }: FaultContext): ClusterFault {
  const old = cluster.postgres.supervisor.primary;
  return { kind: 'primary killed', strike: () => old.kill(), takeover: () => waitForPromotion(cluster, old) };
}

async function redisMasterKilled({ cluster }: FaultContext): Promise<ClusterFault> {
  const old = await cluster.redis.findMaster();
  return {
    kind: 'Redis master killed',
    strike: () => old.kill(),
    takeover: () => waitForRedisTakeover(cluster, old),
  };
}

function apiKilled({ cluster, random }: FaultContext): ClusterFault {
  const node = random.pick(cluster.apis);
  // The others run already.
  return { kind: 'API process killed', strike: () => node.kill(), takeover() {} };
}

/** The primary, the Redis master and an API process are in one zone, and end in the same moment. */
export async function zoneLost(ctx: FaultContext): Promise<ClusterFault> {
  const faults = await Promise.all(kills.map(async (kind) => kind(ctx)));
  const inAll = async (run: (fault: ClusterFault) => Promise<void> | void) =>
    void (await Promise.all(faults.map(async (fault) => run(fault))));
  return {
    kind: 'zone lost',
    strike: () => inAll(({ strike }) => strike()),
    takeover: () => inAll(({ takeover }) => takeover()),
  };
}
