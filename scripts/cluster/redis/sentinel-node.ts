import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { endProcess, spawnService } from '../../local/processes.ts';
import { findRedis } from '../../local/redis/find-redis.ts';
import { waitUntilRedisReady } from '../../local/redis/redis.ts';
import { ClusterNode } from '../node.ts';
import { askRedis } from './redis-node.ts';

/** The name of the master at the sentinels. */
const MASTER_NAME = 'sellout';
const QUORUM = 2;

interface SentinelOptions {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly password: string;
  readonly findMaster: () => Promise<number>;
}

/** One sentinel, which promotes a replica together with the others. */
export class SentinelNode extends ClusterNode {
  readonly #options: SentinelOptions;
  #pid = 0;

  constructor(options: SentinelOptions) {
    super(options.name, options.port);
    this.#options = options;
  }

  /** With the name of the master, as in REDIS_SENTINELS. */
  get url(): string {
    return `redis://:${this.#options.password}@127.0.0.1:${this.port}/${MASTER_NAME}`;
  }

  /** Returns the port of the master that the sentinels agree on. */
  async readMaster(): Promise<number> {
    return Number((await this.#ask('GET-MASTER-ADDR-BY-NAME'))[1]);
  }

  /** Returns true if a failover would work: this sentinel knows the others and a replica. */
  async knowsAll(sentinels: number): Promise<boolean> {
    const [others, replicas] = await Promise.all([this.#ask('SENTINELS'), this.#ask('REPLICAS')]);
    return others.length === sentinels - 1 && replicas.length > 0;
  }

  async #ask(what: string): Promise<readonly unknown[]> {
    const url = new URL(this.url);
    url.pathname = '';
    return (await askRedis(url.href, 'SENTINEL', what, MASTER_NAME)) as readonly unknown[];
  }

  protected async run(): Promise<ChildProcess> {
    const { folder, port, password, findMaster } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const redis = await findRedis();
    const configFile = path.join(folder, 'sentinel.conf');
    const lines = [
      'bind 127.0.0.1',
      `port ${port}`,
      `requirepass ${password}`,
      `dir "${folder}"`,
      'daemonize no',
      `sentinel sentinel-pass ${password}`,
      `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${await findMaster()} ${QUORUM}`,
      `sentinel auth-pass ${MASTER_NAME} ${password}`,
      `sentinel down-after-milliseconds ${MASTER_NAME} 1000`,
      `sentinel failover-timeout ${MASTER_NAME} 5000`,
    ];
    // The sentinel adds what it learns to this file.
    writeFileSync(configFile, `${lines.join('\n')}\n`, { mode: 0o600 });
    const logFile = path.join(folder, 'sentinel.log');
    const child = spawnService({
      command: redis.program,
      args: [configFile, '--sentinel'],
      logFile,
      env: redis.env,
      signalWithParent: 'KILL',
    });
    this.#pid = child.pid ?? 0;
    if (!(await waitUntilRedisReady(port, password, child)))
      throw new Error(`${this.name} did not start; its log is ${logFile}`);
    return child;
  }

  protected async readRole(): Promise<string> {
    await this.readMaster();
    return 'sentinel';
  }

  protected end(): Promise<void> {
    return endProcess(this.#pid, [
      { signal: 'SIGTERM', waitMs: 3_000 },
      { signal: 'SIGKILL', waitMs: 3_000 },
    ]);
  }
}
