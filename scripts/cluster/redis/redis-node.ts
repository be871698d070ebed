import type { ChildProcess } from 'node:child_process';
import { Redis as Client } from 'ioredis';
import { startRedis, type Redis } from '../../local/redis/redis.ts';
import { ClusterNode } from '../node.ts';

const RESPONSE_WITHIN_MS = 1_000;

interface RedisNodeOptions {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly password: string;
  /** Its port for other nodes of a Redis Cluster; null outside one. */
  readonly busPort: number | null;
  /** Returns the port of the master at this moment, or null if this node is to start as a master. */
  readonly findMaster: () => Promise<number | null>;
}

/** One Redis: a master or a replica. */
export class RedisNode extends ClusterNode {
  readonly #options: RedisNodeOptions;
  #server: Redis | null = null;

  constructor(options: RedisNodeOptions) {
    super(options.name, options.port);
    this.#options = options;
  }

  get url(): string {
    return `redis://:${this.#options.password}@127.0.0.1:${this.port}`;
  }

  get busPort(): number | null {
    return this.#options.busPort;
  }

  /** Sends one command on a connection of its own. @throws if there is no response within a second. */
  ask(command: string, ...args: readonly (string | number)[]): Promise<unknown> {
    return askRedis(this.url, command, ...args);
  }

  /** Also makes an old master a replica. The sentinels would do so too, up to 10 s later. */
  override async heal(): Promise<void> {
    await super.heal();
    const master = await this.#options.findMaster();
    if (master !== null && master !== this.port) await this.ask('REPLICAOF', '127.0.0.1', master);
  }

  protected async run(): Promise<ChildProcess> {
    const { folder, port, password, busPort, findMaster } = this.#options;
    const master = await findMaster();
    this.#server = await startRedis({
      folder,
      port,
      password,
      appendOnly: true,
      ...(master !== null && master !== port && { replicaOf: master }),
      ...(busPort !== null && { isClusterNode: true, busPort }),
    });
    return this.#server.process;
  }

  protected async readRole(): Promise<string> {
    const [role, , , state] = (await this.ask('ROLE')) as readonly unknown[];
    if (role === 'master') return 'master';
    return state === 'connected' ? 'replica' : 'replica, not connected';
  }

  protected async end(): Promise<void> {
    await this.#server?.stop();
  }
}

export async function askRedis(
  url: string,
  command: string,
  ...args: readonly (string | number)[]
): Promise<unknown> {
  const client = new Client(url, {
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    connectTimeout: RESPONSE_WITHIN_MS,
    commandTimeout: RESPONSE_WITHIN_MS,
  });
  client.on('error', () => undefined); // The command fails too.
  try {
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}
