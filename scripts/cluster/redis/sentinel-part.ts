import path from 'node:path';
import { waitUntil } from '../../local/processes.ts';
import type { ClusterNode } from '../node.ts';
import { RedisNode } from './redis-node.ts';
import type { RedisPart, RedisPartOptions } from './redis-part.ts';
import { SentinelNode } from './sentinel-node.ts';

const READY_WITHIN_MS = 20_000;

/** A master, a replica and three sentinels. */
export class SentinelPart implements RedisPart {
  readonly #servers: readonly RedisNode[];
  readonly #sentinels: readonly SentinelNode[];
  /** The master while no sentinel runs. */
  readonly #first: RedisNode;

  constructor({ folder, ports, password, master }: RedisPartOptions) {
    this.#servers = (['redis-1', 'redis-2'] as const).map(
      (name) =>
        new RedisNode({
          name,
          port: ports[name],
          folder: path.join(folder, name),
          password,
          busPort: null,
          findMaster: () => this.#findMasterPort(),
        }),
    );
    const first = this.#servers.find(({ name }) => name === master) ?? this.#servers[0];
    if (first === undefined) throw new Error('there is no Redis');
    this.#first = first;
    this.#sentinels = (['sentinel-1', 'sentinel-2', 'sentinel-3'] as const).map(
      (name) =>
        new SentinelNode({
          name,
          port: ports[name],
          folder: path.join(folder, name),
          password,
          findMaster: () => this.#findMasterPort(),
        }),
    );
  }

  get nodes() {
    return [...this.#servers, ...this.#sentinels];
  }

  get sentinels(): readonly SentinelNode[] {
    return this.#sentinels;
  }

  get env() {
    return { REDIS_SENTINELS: this.#sentinels.map(({ url }) => url).join(',') };
  }

  async start(): Promise<void> {
    await this.#first.start();
    const replicas = this.#servers.filter((server) => server !== this.#first);
    await Promise.all(replicas.map((replica) => replica.start()));
    // A sentinel asks the master for its replicas when it starts, and then every 10 s.
    const areConnected = async () => (await Promise.all(replicas.map(isReplica))).every(Boolean);
    await waitUntil(areConnected, READY_WITHIN_MS);
    await Promise.all(this.#sentinels.map((sentinel) => sentinel.start()));
    const areReady = async () => {
      const known = this.#sentinels.map((each) => each.knowsAll(this.#sentinels.length).catch(() => false));
      return (await Promise.all(known)).every(Boolean);
    };
    if (!(await waitUntil(areReady, READY_WITHIN_MS)))
      throw new Error(
        `the sentinels did not find each other and the replica in ${READY_WITHIN_MS / 1_000} s`,
      );
  }

  async findMaster(): Promise<RedisNode> {
    const port = await this.#findMasterPort();
    return this.#servers.find((server) => server.port === port) ?? this.#first;
  }

  async hasTakenOver(old: ClusterNode): Promise<boolean> {
    const master = await this.findMaster();
    return master !== old && (await master.readState()) === 'master';
  }

  /** Asks the sentinels. */
  async #findMasterPort(): Promise<number> {
    for (const sentinel of this.#sentinels) {
      if (!sentinel.isRunning || sentinel.isPaused) continue;
      const port = await sentinel.readMaster().catch(() => null);
      if (port !== null) return port;
    }
    return this.#first.port;
  }
}

async function isReplica(node: RedisNode): Promise<boolean> {
  return (await node.readState()) === 'replica';
}
