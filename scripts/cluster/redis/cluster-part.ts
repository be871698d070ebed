import path from 'node:path';
import { waitUntil } from '../../local/processes.ts';
import { formRedisCluster, waitForCluster } from '../../local/redis/redis-cluster.ts';
import type { ClusterNode } from '../node.ts';
import { RedisNode } from './redis-node.ts';
import type { RedisPart, RedisPartOptions } from './redis-part.ts';

const NAMES = ['redis-1', 'redis-2', 'redis-3', 'redis-4', 'redis-5', 'redis-6'] as const;
const MASTERS = 3;
const READY_WITHIN_MS = 30_000;

/** A Redis Cluster of three masters, each with a replica. Its nodes remember their roles. */
export class ClusterPart implements RedisPart {
  readonly nodes: readonly RedisNode[];

  constructor({ folder, ports, password }: Omit<RedisPartOptions, 'master'>) {
    this.nodes = NAMES.map(
      (name) =>
        new RedisNode({
          name,
          port: ports[name],
          folder: path.join(folder, 'redis-cluster', name),
          password,
          busPort: ports[`${name}-bus`],
          findMaster: () => Promise.resolve(null),
        }),
    );
  }

  get env() {
    return { REDIS_CLUSTER_URLS: this.nodes.map(({ url }) => url).join(',') };
  }

  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
    const [masters, replicas] = [this.nodes.slice(0, MASTERS), this.nodes.slice(MASTERS)];
    if (await this.#isNew()) {
      await formRedisCluster(masters);
      await Promise.all(replicas.map((replica, i) => this.#addReplica(replica, masters[i])));
    }
    await waitForCluster(this.nodes.map(({ url }) => url));
    const areReplicated = async () => {
      const states = await Promise.all(this.nodes.map((node) => node.readState()));
      return states.filter((state) => state === 'replica').length === replicas.length;
    };
    if (!(await waitUntil(areReplicated, READY_WITHIN_MS)))
      throw new Error(`the replicas did not follow their masters within ${READY_WITHIN_MS / 1_000} s`);
  }

  async findMaster(): Promise<RedisNode> {
    for (const node of this.nodes) if ((await node.readState()) === 'master') return node;
    throw new Error('no node is a master');
  }

  async hasTakenOver(old: ClusterNode): Promise<boolean> {
    const others = this.nodes.filter((node) => node !== old);
    const states = await Promise.all(others.map((node) => node.readState()));
    return states.filter((state) => state === 'master').length === MASTERS;
  }

  async #isNew(): Promise<boolean> {
    return String(await this.nodes[0]?.ask('CLUSTER', 'INFO')).includes('cluster_known_nodes:1\r\n');
  }

  async #addReplica(replica: RedisNode, master: RedisNode | undefined): Promise<void> {
    if (master === undefined) throw new Error(`${replica.name} has no master`);
    const id = String(await master.ask('CLUSTER', 'MYID'));
    await replica.ask('CLUSTER', 'MEET', '127.0.0.1', master.port, master.busPort ?? 0);
    const knowsMaster = async () => String(await replica.ask('CLUSTER', 'NODES')).includes(id);
    await waitUntil(knowsMaster, READY_WITHIN_MS);
    await replica.ask('CLUSTER', 'REPLICATE', id);
  }
}
