import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { Command, Redis as Client } from 'ioredis';
import { inject } from 'vitest';
import { findMaster, startRedisCluster, waitForCluster } from '../../../scripts/local/redis/redis-cluster.ts';
import { type Redis, startRedis } from '../../../scripts/local/redis/redis.ts';

export interface TestRedis extends AsyncDisposable {
  /** The address survives a restart. @throws in a cluster; use `address` if the test can run on one. */
  readonly url: string;
  readonly address: string | readonly string[];
  /** The settings of a process that uses it. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops it gracefully. */
  stop(): Promise<void>;
  /** Kills it (SIGKILL), like a crash. */
  kill(): Promise<void>;
  /** Freezes it (SIGSTOP): connections stay open, new ones are accepted, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Starts it on the same port, and empty unless it is append-only. Stops it first if it runs. */
  restart(): Promise<void>;
  /** Asks every master, or the only Redis. */
  everyNode<T>(question: (client: Client) => Promise<T>): Promise<T[]>;
  /** The server that has a key: the only one, or a master, which can be killed alone. */
  nodeOf(key: string): Pick<TestRedis, 'url' | 'stop' | 'kill' | 'freeze' | 'thaw' | 'restart'>;
}

export interface TestRedisOptions {
  readonly appendOnly?: boolean;
  /** Default: one Redis, unless TEST_REDIS is `cluster`. */
  readonly kind?: RedisKind;
}

type RedisKind = 'single' | 'cluster';

const MASTERS = 3;

/**
 * Starts a separate Redis for a test file: one server, or a cluster of three masters if TEST_REDIS is `cluster`. It ends
 * with the test process.
 */
export async function startTestRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const { appendOnly = false, kind = process.env['TEST_REDIS'] === 'cluster' ? 'cluster' : 'single' } =
    options;
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'redis-'));
  if (kind === 'cluster') {
    const masters = await startRedisCluster({ folder, masters: MASTERS, appendOnly });
    return new TestCluster(masters.map((each) => new TestServer(each, appendOnly)));
  }
  return new TestServer(await startRedis({ folder, appendOnly }), appendOnly);
}

class TestServer implements TestRedis {
  #current: Redis;
  readonly #appendOnly: boolean;
  readonly url: string;

  constructor(redis: Redis, appendOnly: boolean) {
    this.#current = redis;
    this.#appendOnly = appendOnly;
    this.url = redis.url;
  }

  get address(): string {
    return this.url;
  }

  get env() {
    return { REDIS_URL: this.url };
  }

  stop(): Promise<void> {
    return this.#current.stop();
  }

  async kill(): Promise<void> {
    const { process: child } = this.#current;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  freeze(): void {
    this.#current.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#current.process.kill('SIGCONT');
  }

  async restart(): Promise<void> {
    await this.stop();
    const { logFile, port, password, busPort } = this.#current;
    const folder = path.dirname(logFile);
    const node = busPort === null ? {} : { isClusterNode: true, busPort };
    this.#current = await startRedis({ folder, port, password, appendOnly: this.#appendOnly, ...node });
  }

  async everyNode<T>(question: (client: Client) => Promise<T>): Promise<T[]> {
    const client = new Client(this.url);
    try {
      return [await question(client)];
    } finally {
      client.disconnect();
    }
  }

  nodeOf(): TestServer {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Three masters. Whatever is done to it is done to all of them. */
class TestCluster implements TestRedis {
  readonly #masters: readonly TestServer[];

  constructor(masters: readonly TestServer[]) {
    this.#masters = masters;
  }

  get url(): string {
    throw new Error('a cluster has no single URL');
  }

  get address(): readonly string[] {
    return this.#masters.map(({ url }) => url);
  }

  get env() {
    return { REDIS_CLUSTER_URLS: this.address.join(',') };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#masters.map((master) => master.stop()));
  }

  async kill(): Promise<void> {
    await Promise.all(this.#masters.map((master) => master.kill()));
  }

  freeze(): void {
    for (const master of this.#masters) master.freeze();
  }

  thaw(): void {
    for (const master of this.#masters) master.thaw();
  }

  async restart(): Promise<void> {
    await Promise.all(this.#masters.map((master) => master.restart()));
    await waitForCluster(this.address);
  }

  async everyNode<T>(question: (client: Client) => Promise<T>): Promise<T[]> {
    return (await Promise.all(this.#masters.map((master) => master.everyNode(question)))).flat();
  }

  nodeOf(key: string): TestServer {
    const slot = new Command('get', [key]).getSlot() ?? 0;
    const master = this.#masters[findMaster(slot, MASTERS)];
    if (master === undefined) throw new Error(`no master has slot ${slot}`);
    return master;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
