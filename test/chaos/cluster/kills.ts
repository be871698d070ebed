import { findNode, mendAll, takesOver, type ClusterFault, type FaultContext } from './cluster-fault.ts';

/** The loss of a zone in three parts: a primary, a Redis master and an API process, one after the other. */
export const kills = [primaryKilled, redisMasterKilled, apiKilled] as const;

async function primaryKilled({ cluster }: FaultContext): Promise<ClusterFault> {
  const { supervisor } = cluster.postgres;
  const old = supervisor.primary;
  return await Promise.resolve({
    kind: 'primary killed',
    strike: () => old.kill(),
    takeover: () => takesOver('a standby is promoted', () => supervisor.primary !== old),
    mend: () => mendAll(cluster),
  });
}

async function redisMasterKilled({ cluster }: FaultContext): Promise<ClusterFault> {
  const old = await cluster.redis.findMaster();
  return {
    kind: 'Redis master killed',
    strike: () => old.kill(),
    takeover: () =>
      takesOver('another Redis is the master', async () => {
        const master = await cluster.redis.findMaster();
        return master !== old && (await master.readState()) === 'master';
      }),
    mend: () => mendAll(cluster),
  };
}

async function apiKilled({ cluster, random }: FaultContext): Promise<ClusterFault> {
  const node = findNode(cluster, random.pick(['api-1', 'api-2', 'api-3']));
  return await Promise.resolve({
    kind: 'API process killed',
    strike: () => node.kill(),
    // The others run already.
    takeover: () => Promise.resolve(),
    mend: () => mendAll(cluster),
  });
}

/** The primary, the Redis master and an API process are in one zone, and end in the same moment. */
export async function zoneLost(ctx: FaultContext): Promise<ClusterFault> {
  const faults = await Promise.all(kills.map((kind) => kind(ctx)));
  const inAll = async (run: (fault: ClusterFault) => Promise<void>) =>
    void (await Promise.all(faults.map((fault) => run(fault))));
  return {
    kind: 'zone lost',
    strike: () => inAll(({ strike }) => strike()),
    takeover: () => inAll(({ takeover }) => takeover()),
    mend: () => mendAll(ctx.cluster),
  };
}
