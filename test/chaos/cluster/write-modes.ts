import { findNode, takesOver } from './cluster-fault.ts';
import type { Cluster } from '../../../scripts/cluster/cluster.ts';

const APIS = ['api-1', 'api-2', 'api-3'] as const;
const WORKERS = ['worker-1', 'worker-2'] as const;
const READ_ONLY = /^sellout_read_only(?:\{.*\})? 1$/m;

/** Resolves when every API process and worker writes, or when none does. @throws if some do not follow in time. */
export async function allProcesses(cluster: Cluster, mode: 'NORMAL' | 'READ_ONLY'): Promise<void> {
  let others: readonly string[] = [];
  const areIn = async () => (others = await findOthers(cluster, mode)).length === 0;
  try {
    await takesOver(`all processes are ${mode}`, areIn);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; not ${others.join(', ')}`, {
      cause: error,
    });
  }
}

/** Returns whether no API process writes. */
export async function haveNoWrites(cluster: Cluster): Promise<boolean> {
  const modes = await Promise.all(APIS.map((name) => readMode(cluster, name)));
  return modes.every((mode) => mode === 'READ_ONLY');
}

/** Returns the processes that are not in the mode. */
async function findOthers(cluster: Cluster, mode: 'NORMAL' | 'READ_ONLY'): Promise<readonly string[]> {
  const names = [...APIS, ...WORKERS];
  const modes = await Promise.all(names.map((name) => readMode(cluster, name)));
  return names.filter((_, i) => modes[i] !== mode);
}

async function readMode(cluster: Cluster, name: (typeof APIS | typeof WORKERS)[number]): Promise<unknown> {
  const { port } = findNode(cluster, name);
  if (name.startsWith('api')) {
    const response = await fetch(`http://127.0.0.1:${port}/ready`);
    return ((await response.json()) as { mode?: unknown }).mode;
  }
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return READ_ONLY.test(await response.text()) ? 'READ_ONLY' : 'NORMAL';
}
