import type { ApiNode } from '../torture/cluster/cluster.ts';

const SUBSCRIBERS = 'sellout_shared_subscribers';
const SKIPPED = 'sellout_slow_consumers_skipped_total';

/** Returns the number of current subscribers of the nodes. All of them must run. */
export async function readSubscribers(nodes: readonly ApiNode[]): Promise<number> {
  const counts = await Promise.all(nodes.map(async (node) => readMetric(node, SUBSCRIBERS)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Counts the slow consumers that were skipped. The counter of a node starts at zero again when the node is killed. */
export class SkippedConsumers {
  readonly #nodes: readonly ApiNode[];
  readonly #lastRead = new Map<string, number>();
  total = 0;

  constructor(nodes: readonly ApiNode[]) {
    this.#nodes = nodes;
  }

  /** Adds what the nodes that answer have counted since the last call. */
  async read(): Promise<void> {
    const counts = await Promise.allSettled(this.#nodes.map(async (node) => readMetric(node, SKIPPED)));
    for (const [i, count] of counts.entries()) {
      const name = this.#nodes[i]?.name;
      if (name === undefined || count.status === 'rejected') continue;
      const last = this.#lastRead.get(name) ?? 0;
      this.total += count.value < last ? count.value : count.value - last;
      this.#lastRead.set(name, count.value);
    }
  }
}

async function readMetric({ server }: ApiNode, name: string): Promise<number> {
  const text = await (await fetch(server.metricsUrl)).text();
  const value = new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`the metrics have no ${name}`);
  return Number(value);
}
