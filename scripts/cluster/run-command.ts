import type { Cluster } from './cluster.ts';
import type { ControlRequest } from './control.ts';
import type { ClusterNode } from './node.ts';

/** Runs a command on a cluster, and returns what was done in one line, or the table of `status`. */
export async function runClusterCommand(
  cluster: Cluster,
  { command, node: name }: ControlRequest,
): Promise<string> {
  if (command === 'status') return formatStates(await cluster.readStates());
  if (command === 'heal' && name === null) {
    for (const node of cluster.nodes) await node.heal();
    return 'All nodes work.';
  }
  const node = await findNode(cluster, name ?? '');
  switch (command) {
    case 'kill':
      await node.kill();
      return `${node.name} was killed.`;
    case 'pause':
      node.pause();
      return `${node.name} is paused.`;
    case 'resume':
      node.resume();
      return `${node.name} goes on.`;
    case 'heal':
      await node.heal();
      return `${node.name} works.`;
  }
}

async function findNode(cluster: Cluster, name: string): Promise<ClusterNode> {
  if (name === 'primary') return cluster.postgres.supervisor.primary;
  if (name === 'redis-master') return cluster.redis.findMaster();
  const node = cluster.nodes.find((each) => each.name === name);
  if (node !== undefined) return node;
  const names = ['primary', 'redis-master', ...cluster.nodes.map((each) => each.name)];
  throw new Error(`There is no node ${name}. The names are ${names.join(', ')}.`);
}

export function formatStates(states: readonly { readonly name: string; readonly state: string }[]): string {
  const width = Math.max(...states.map(({ name }) => name.length));
  return states.map(({ name, state }) => `    ${name.padEnd(width)}  ${state}`).join('\n');
}
