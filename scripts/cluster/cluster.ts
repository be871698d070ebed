import { mkdirSync, realpathSync } from 'node:fs';
import { step } from '../bootstrap/steps.mjs';
import { migrate } from '../schema/apply-migrations.ts';
import { BalancerNode } from './balancer-node.ts';
import { readClusterState } from './cluster-state.ts';
import type { ClusterNode } from './node.ts';
import type { Ports } from './ports.ts';
import { PostgresPart } from './postgres/postgres-part.ts';
import { ClusterPart } from './redis/cluster-part.ts';
import type { RedisPart } from './redis/redis-part.ts';
import { SentinelPart } from './redis/sentinel-part.ts';
import { ServerNode } from './server-node.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ClusterOptions {
  readonly folder: string;
  readonly ports: Ports;
  /** A master with a replica and sentinels, or a Redis Cluster. */
  readonly redis: 'sentinel' | 'cluster';
  readonly apis: number;
  /** API processes for subscriptions alone. Without, all API processes serve everything. */
  readonly sockets?: number;
  readonly workers: number;
  /** Survives a crash of the machine. */
  readonly durable: boolean;
  readonly secret: string;
  readonly redisPassword: string;
  /** Settings of the API processes and workers. */
  readonly env: Environment;
  /** Returns further settings of one process, such as `api-2`. Called at each of its starts. */
  readonly readEnvOf?: (name: string) => Environment;
  readonly report: (line: string) => void;
}

const DRAIN_SECONDS = 2;

/** Many nodes on loopback, as separate processes: PostgreSQL, Redis, workers, API processes and balancers. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly postgres: PostgresPart;
  readonly redis: RedisPart;
  readonly workers: readonly ServerNode[];
  readonly apis: readonly ServerNode[];
  readonly #balancer: BalancerNode;

  constructor(options: ClusterOptions) {
    const { folder: given, ports, durable, report } = options;
    mkdirSync(given, { recursive: true });
    const folder = realpathSync(given);
    this.#options = options;
    this.postgres = new PostgresPart({ folder, ports, durable, report });
    const { redisMaster } = readClusterState(folder);
    const redis = { folder, ports, password: options.redisPassword };
    this.redis =
      options.redis === 'cluster'
        ? new ClusterPart(redis)
        : new SentinelPart({ ...redis, master: redisMaster });
    const server = (name: 'api' | 'sockets' | 'worker', i: number) => {
      const full = `${name}-${i + 1}` as 'api-1';
      const port = String(ports[full]);
      const api = { PORT: port, METRICS_PORT: String(ports[`${full}-metrics`]), ...this.#rolesEnv(name) };
      return new ServerNode({
        name: full,
        port: ports[full],
        file: `src/main/${name === 'worker' ? 'worker' : 'api'}.ts`,
        folder,
        readEnv: () => ({
          ...this.#serverEnv(),
          ...(name === 'worker'
            ? { METRICS_PORT: port }
            : { ...api, DATABASE_REPLICA_URLS: this.postgres.replicaUrls.join(',') }),
          ...options.readEnvOf?.(full),
        }),
      });
    };
    this.apis = [
      ...Array.from({ length: options.apis }, (_, i) => server('api', i)),
      ...Array.from({ length: options.sockets ?? 0 }, (_, i) => server('sockets', i)),
    ];
    this.workers = Array.from({ length: options.workers }, (_, i) => server('worker', i));
    this.#balancer = new BalancerNode({
      name: 'balancer',
      port: ports.balancer,
      config: 'api.cfg',
      folder,
      env: toBalancerEnv(ports, options.sockets !== undefined),
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#balancer.port}`;
  }

  get nodes(): readonly ClusterNode[] {
    return [...this.postgres.nodes, ...this.redis.nodes, ...this.workers, ...this.apis, this.#balancer];
  }

  /** Starts all nodes. Migrates, and prepares the data before the servers start. */
  async start(prepare: (databaseUrl: string) => Promise<void>): Promise<void> {
    await step('PostgreSQL: a primary and two synchronous standbys', () => this.postgres.start());
    await step('Redis', () => this.redis.start());
    await step('Migrations', () => migrate(this.postgres.url));
    await prepare(this.postgres.url);
    await step('Workers and API processes', () =>
      Promise.all([...this.workers, ...this.apis].map((node) => node.start())),
    );
    await step('Balancer', () => this.#balancer.start());
  }

  #rolesEnv(name: 'api' | 'sockets' | 'worker'): Environment {
    if (this.#options.sockets === undefined) return {};
    return { API_ROLES: name === 'sockets' ? 'sockets' : 'http' };
  }

  #serverEnv(): Environment {
    return {
      ...this.#options.env,
      HOST: '127.0.0.1',
      DATABASE_URL: this.postgres.url,
      REDIS_URL: undefined,
      ...this.redis.env,
      AUTH_SECRET: this.#options.secret,
      TRUSTED_PROXIES: '127.0.0.1',
      DRAIN_SECONDS: String(DRAIN_SECONDS),
    };
  }

  /** Stops everything in order, also after a failed start. */
  async stop(): Promise<void> {
    await this.#balancer.stop();
    await Promise.all([...this.workers, ...this.apis].map((node) => node.stop()));
    await Promise.all(this.redis.nodes.map((node) => node.stop()));
    await this.postgres.stop();
  }

  /** Returns each node with its state, in the order of their start. */
  readStates(): Promise<readonly { readonly name: string; readonly state: string }[]> {
    return Promise.all(this.nodes.map(async (node) => ({ name: node.name, state: await node.readState() })));
  }
}

function toBalancerEnv(ports: Ports, hasSockets: boolean): Readonly<Record<string, string>> {
  const apis = ['api-1', 'api-2', 'api-3'] as const;
  const names = hasSockets ? ([...apis, 'sockets-1', 'sockets-2'] as const) : apis;
  return Object.fromEntries(
    names.map((name) => [name.toUpperCase().replace('-', '_'), `127.0.0.1:${ports[name]}`]),
  );
}
