import type { Cluster } from '../../../scripts/cluster/cluster.ts';
import type { ClusterNode } from '../../../scripts/cluster/node.ts';
import { runClusterCommand } from '../../../scripts/cluster/run-command.ts';
import { waitUntil } from '../../../scripts/local/processes.ts';
import type { Database } from '../../../src/platform/database/db.ts';
import { pause } from '../../support/pause.ts';
import type { StallingProxy } from '../../support/proxies/stalling-proxy.ts';
import type { Random } from '../../torture/random.ts';
import type { Clocks } from './clocks.ts';
import type { Disks } from './disks.ts';

/** A failure in a cluster that the rest of it must survive. */
export interface ClusterFault {
  readonly kind: string;
  readonly strike: () => Promise<void> | void;
  /** Resolves when the cluster is able to work in spite of it, such as when another node has taken over. */
  readonly takeover: () => Promise<void> | void;
  /** Undoes what healing the nodes does not undo. */
  readonly mend?: () => Promise<void>;
}

export interface FaultContext {
  readonly cluster: Cluster;
  /** The test's own connections. */
  readonly database: Database;
  readonly random: Random;
  /** Receives what must not happen. */
  readonly breaches: string[];
  /** Between `api-2` and the primary. */
  readonly line: StallingProxy;
  readonly clocks: Clocks;
  /** Null if this process may not mount any. */
  readonly disks: Disks | null;
}

/** Creates a fault, with a node chosen at random if there is a choice. */
export type ClusterFaultKind = (ctx: FaultContext) => Promise<ClusterFault> | ClusterFault;

/** How long a fault lasts during which no node takes over. Longer than the five seconds in which commands are retried. */
const LASTS_MS = { least: 3_000, most: 8_000 };
const TAKEN_OVER_WITHIN_MS = 30_000;
/** Nodes that were started find each other in less. */
const WHOLE_SOON_MS = 15_000;
const MENDED_WITHIN_MS = 30_000;

/** @throws if it does not happen within half a minute: the cluster cannot go on from there. */
export async function waitFor(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await waitUntil(condition, TAKEN_OVER_WITHIN_MS)))
    throw new Error(`after ${TAKEN_OVER_WITHIN_MS / 1_000} s, it did not happen: ${what}`);
}

/** Waits until a standby is promoted instead of the old primary. */
export function waitForPromotion({ postgres: { supervisor } }: Cluster, old: ClusterNode): Promise<void> {
  return waitFor('a standby is promoted', () => supervisor.primary !== old);
}

/** Waits until another Redis is the master. */
export function waitForRedisTakeover({ redis }: Cluster, old: ClusterNode): Promise<void> {
  return waitFor('another Redis is the master', () => redis.hasTakenOver(old));
}

/** Waits while a fault lasts. */
export function lasts(random: Random): Promise<void> {
  return pause(random.whole(LASTS_MS.least, LASTS_MS.most));
}

export function findNode(cluster: Cluster, name: string): ClusterNode {
  const node = cluster.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`there is no node ${name}`);
  return node;
}

/** Resolves when a fault is over and the cluster is whole again, so that the next one may strike. */
export async function mend(fault: ClusterFault, cluster: Cluster): Promise<void> {
  await fault.mend?.();
  await mendAll(cluster);
}

/** Heals every node that is not whole. Resolves when a failover of any of them would work. */
export async function mendAll(cluster: Cluster): Promise<void> {
  for (const node of cluster.nodes) if (!node.isRunning || node.isPaused) await node.heal();
  let missing: string | null = null;
  const isWhole = async () => (missing = await findMissing(cluster)) === null;
  if (await waitUntil(isWhole, WHOLE_SOON_MS)) return;
  // A busy machine may have failed over from a primary that still runs. As in operation, one order rebuilds it.
  await runClusterCommand(cluster, { command: 'heal', node: null });
  if (!(await waitUntil(isWhole, MENDED_WITHIN_MS)))
    throw new Error(`the cluster is not whole ${MENDED_WITHIN_MS / 1_000} s after it was mended: ${missing}`);
}

/** Returns what a failover would lack, or null. */
async function findMissing({ postgres: { servers, supervisor }, redis }: Cluster): Promise<string | null> {
  const nodes = [...servers, ...redis.nodes];
  const states = await Promise.all(nodes.map(async (node) => `${node.name} ${await node.readState()}`));
  const all = states.join(', ');
  if (states.filter((state) => state.endsWith(' standby')).length < servers.length - 1) return all;
  if (!states.some((state) => state.endsWith(' master'))) return all;
  if (states.some((state) => state.includes(' replica, '))) return all;
  const [row] = await supervisor.primary.ask<{ names: string }>(
    "SELECT current_setting('synchronous_standby_names') AS names",
  );
  const standbys = servers.filter((server) => server !== supervisor.primary);
  const areRequired = standbys.every(({ standbyName }) => row?.names.includes(standbyName) === true);
  return areRequired ? null : `${row?.names} are the synchronous standbys`;
}
