import type { Cluster } from '../../../scripts/cluster/cluster.ts';
import type { ServerNode } from '../../../scripts/cluster/server-node.ts';
import { waitFor } from './cluster-fault.ts';

const READ_ONLY = /^sellout_read_only(?:\{.*\})? 1$/m;

/** Resolves when every API process and worker writes, or when none does. @throws if some do not follow in time. */
export async function allProcesses(cluster: Cluster, mode: 'NORMAL' | 'READ_ONLY'): Promise<void> {
  let others: readonly string[] = [];
  const areIn = async () => (others = await findOthers(cluster, mode)).length === 0;
  try {
    await waitFor(`all processes are ${mode}`, areIn);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; not ${others.join(', ')}`, {
      cause: error,
    });
  }
}

/** Returns whether no API process writes. */
export async function haveNoWrites({ apis }: Cluster): Promise<boolean> {
  const modes = await Promise.all(apis.map(readModeOfApi));
  return modes.every((mode) => mode === 'READ_ONLY');
}

/** Returns the processes that are not in the mode. */
async function findOthers({ apis, workers }: Cluster, wanted: string): Promise<readonly string[]> {
  const modes = await Promise.all([
    ...apis.map(async (node) => ({ name: node.name, mode: await readModeOfApi(node) })),
    ...workers.map(async (node) => ({ name: node.name, mode: await readModeOfWorker(node) })),
  ]);
  return modes.filter(({ mode }) => mode !== wanted).map(({ name }) => name);
}

async function readModeOfApi({ port }: ServerNode): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/ready`);
  return ((await response.json()) as { mode?: unknown }).mode;
}

async function readModeOfWorker({ port }: ServerNode): Promise<'NORMAL' | 'READ_ONLY'> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return READ_ONLY.test(await response.text()) ? 'READ_ONLY' : 'NORMAL';
}
