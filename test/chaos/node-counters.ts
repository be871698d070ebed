import type { ApiNode } from '../torture/cluster/cluster.ts';

export interface NodeCounters {
  /** Subscribers that nodes hold now. */
  readonly subscribers: number;
  /** Readers skipped; those of a node that was killed are not counted, for it starts anew. */
  readonly skipped: number;
}

/** What the nodes tell of themselves, in sum. All of them must run. */
export async function readCounters(nodes: readonly ApiNode[]): Promise<NodeCounters> {
  const texts = await Promise.all(
    nodes.map(async ({ server }) => await (await fetch(`${server.url}/metrics`)).text()),
  );
  const sumOf = (name: string) =>
    texts.reduce((sum, text) => sum + Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]), 0);
  return {
    subscribers: sumOf('sellout_shared_subscribers'),
    skipped: sumOf('sellout_readers_skipped_total'),
  };
}
