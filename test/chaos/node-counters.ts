import type { ApiNode } from '../torture/cluster/cluster.ts';

export interface NodeCounters {
  /** Number of current subscribers. */
  readonly subscribers: number;
  /** Number of slow consumers, without those of a killed node, which starts at zero again. */
  readonly skipped: number;
}

/** Returns the sums of the nodes' metrics. All of them must run. */
export async function readCounters(nodes: readonly ApiNode[]): Promise<NodeCounters> {
  const texts = await Promise.all(
    nodes.map(async ({ server }) => await (await fetch(server.metricsUrl)).text()),
  );
  const sumOf = (name: string) =>
    texts.reduce((sum, text) => sum + Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]), 0);
  return {
    subscribers: sumOf('sellout_shared_subscribers'),
    skipped: sumOf('sellout_slow_consumers_skipped_total'),
  };
}
