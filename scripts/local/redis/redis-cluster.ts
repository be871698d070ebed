import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Redis as Client } from 'ioredis';
import { waitUntil } from '../processes.ts';
import { startRedis, type Redis } from './redis.ts';

const SLOTS = 16_384;
/** Nodes accept writes two seconds after they have started, at the earliest. */
const READY_WITHIN_MS = 20_000;
const ASK_WITHIN_MS = 1_000;

export interface RedisClusterOptions {
  /** Has a folder for each master. */
  readonly folder: string;
  readonly masters: number;
  readonly appendOnly?: boolean;
}

/** Starts masters on loopback that form a Redis Cluster. Each has an equal share of the slots, and no replica. */
export async function startRedisCluster(options: RedisClusterOptions): Promise<readonly Redis[]> {
  const { folder, masters: count, appendOnly = false } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const masters: Redis[] = [];
  for (let i = 0; i < count; i++) {
    const password = masters[0] === undefined ? {} : { password: masters[0].password };
    const own = path.join(folder, `master-${i + 1}`);
    masters.push(await startRedis({ folder: own, appendOnly, isClusterNode: true, ...password }));
  }
  await formRedisCluster(masters);
  await waitForCluster(masters.map(({ url }) => url));
  return masters;
}

/** Makes masters of nodes that belong to no cluster yet. Each has an equal share of the slots. */
export async function formRedisCluster(
  masters: readonly Pick<Redis, 'url' | 'port' | 'busPort'>[],
): Promise<void> {
  const count = masters.length;
  await Promise.all(
    masters.map((master, i) =>
      ask(master.url, async (client) => {
        await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
        await client.call('CLUSTER', 'ADDSLOTSRANGE', firstSlotOf(i, count), firstSlotOf(i + 1, count) - 1);
        for (const { port, busPort } of masters.slice(0, i))
          await client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort ?? 0);
      }),
    ),
  );
}

export interface ReplicaOptions {
  readonly folder: string;
  /** The URL of its master. */
  readonly master: string;
  /** The URLs of all nodes, without the replica. */
  readonly nodes: readonly string[];
}

/** Starts a replica of one master. It is promoted a few seconds after its master is gone. */
export async function startClusterReplica({ folder, master, nodes }: ReplicaOptions): Promise<Redis> {
  const { hostname, port, password } = new URL(master);
  const replica = await startRedis({ folder, password, isClusterNode: true });
  const masterId = await ask(master, (client) => client.call('CLUSTER', 'MYID'));
  await ask(replica.url, (client) => client.config('SET', 'masterauth', password));
  await ask(master, (client) =>
    client.call('CLUSTER', 'MEET', '127.0.0.1', replica.port, replica.busPort ?? 0),
  );
  await waitForCluster([...nodes, replica.url]);
  await ask(replica.url, (client) => client.call('CLUSTER', 'REPLICATE', String(masterId)));
  const isFollowing = () =>
    ask(replica.url, (client) => client.info('replication')).then(
      (info) => info.includes('master_link_status:up'),
      () => false,
    );
  if (!(await waitUntil(isFollowing, READY_WITHIN_MS)))
    throw new Error(`the replica of ${hostname}:${port} was not ready after ${READY_WITHIN_MS / 1000} s`);
  return replica;
}

/** Waits until every node is connected to all others and serves its slots. @throws if that takes too long. */
export async function waitForCluster(urls: readonly string[]): Promise<void> {
  const isReady = async (url: string) => {
    const read = (section: string): Promise<readonly string[]> =>
      ask(url, (client) => client.call('CLUSTER', section)).then(
        (text) => String(text).trim().split(/\r?\n/),
        () => [],
      );
    const [info, nodes] = await Promise.all([read('INFO'), read('NODES')]);
    const expected = ['cluster_state:ok', `cluster_slots_ok:${SLOTS}`, `cluster_known_nodes:${urls.length}`];
    // A message to a node whose link is not connected yet is lost.
    return (
      expected.every((line) => info.includes(line)) && nodes.every((node) => node.includes(' connected'))
    );
  };
  const areAllReady = async () => (await Promise.all(urls.map(isReady))).every(Boolean);
  if (!(await waitUntil(areAllReady, READY_WITHIN_MS)))
    throw new Error(`the Redis Cluster was not ready after ${READY_WITHIN_MS / 1000} s`);
}

/** Returns the position of the master that has a slot. */
export function findMaster(slot: number, masters: number): number {
  return Math.floor((slot * masters) / SLOTS);
}

function firstSlotOf(master: number, masters: number): number {
  return Math.ceil((master * SLOTS) / masters);
}

async function ask<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url, {
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    commandTimeout: ASK_WITHIN_MS,
  });
  client.on('error', () => undefined); // The command fails too.
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
