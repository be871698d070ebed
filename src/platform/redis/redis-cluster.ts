import { Cluster, Command, type CommonRedisOptions } from 'ioredis';
import type { Logger } from '../observability/logger.ts';

/** Where one node of Redis listens, and how to sign in. */
export interface NodeOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: Record<string, never> | undefined;
}

export function parseNodeUrl(url: string): NodeOptions {
  const { protocol, hostname, port, username, password } = new URL(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 6379 : Number(port),
    username: username === '' ? undefined : decodeURIComponent(username),
    password: password === '' ? undefined : decodeURIComponent(password),
    tls: protocol === 'rediss:' ? {} : undefined,
  };
}

/** Interval at which the client reads which node has which slots. A MOVED reply makes it read at once. */
const READ_SLOTS_EVERY_MS = 1_000;

/** What applies to the connection to each node. The cluster decides about reconnecting and queueing. */
type NodeSettings = Omit<CommonRedisOptions, 'retryStrategy' | 'enableOfflineQueue' | 'replyMapping'>;

/**
 * A client for commands on a Redis Cluster. It fails at once where ioredis would wait or send a command twice:
 *
 * - Commands fail while no node is connected; ioredis would queue them without a limit of time.
 * - A command whose connection breaks fails. ioredis would send it again, although the first one may have run.
 *
 * A command to a node that is still being connected waits for the connection, within its timeout.
 */
export class RedisCluster extends Cluster {
  /** Nodes that were lost, by address. */
  readonly #lost = new Set<string>();

  constructor(urls: readonly string[], options: NodeSettings, retryMs: (attempt: number) => number) {
    const [first] = urls;
    if (first === undefined) throw new Error('a cluster needs a node');
    const { username, password, tls } = parseNodeUrl(first);
    super(
      urls.map((url) => parseNodeUrl(url)),
      {
        // Nodes that the URLs do not name have the credentials of the first one.
        redisOptions: {
          ...options,
          ...(username !== undefined && { username }),
          ...(password !== undefined && { password }),
          ...(tls && { tls }),
        },
        clusterRetryStrategy: retryMs,
        slotsRefreshInterval: READ_SLOTS_EVERY_MS,
        retryDelayOnFailover: 0, // guard: cluster-command-sent-once
        retryDelayOnClusterDown: 0,
        // A certificate names hosts, not addresses.
        ...(tls && { dnsLookup: (host, done) => done(null, host) }),
      },
    );
    this.on('refresh', () => this.#connectMasters());
  }

  /** True if every node is reachable, as far as this process knows. */
  get isWhole(): boolean {
    return this.status === 'ready' && this.#lost.size === 0;
  }

  /** Returns the address of the node that has a key; an empty string if it is not known. */
  getNodeOf(key: string): string {
    return this.slots[getSlot(key)]?.[0] ?? '';
  }

  override sendCommand(...args: Parameters<Cluster['sendCommand']>): unknown {
    const [command] = args;
    // CLUSTER is part of connecting.
    // guard: cluster-fails-at-once
    if (this.status !== 'ready' && command.name !== 'cluster') {
      command.reject(new Error('Redis Cluster is not connected'));
      return command.promise;
    }
    // PUBLISH has no key, so ioredis would choose any node: messages of an event could overtake each other, and one hung
    // node would delay those of all events.
    // guard: published-by-the-node-of-the-event
    if (command.name === 'publish') Object.assign(command, { slot: getSlot(String(command.args[0])) });
    return super.sendCommand(...args);
  }

  /** Logs one line when a node is lost, and one when it is back or has left the cluster. */
  logNodes(name: string, logger: Logger): void {
    this.on('node error', (error: Error, node: string) => {
      if (this.#lost.has(node)) return;
      this.#lost.add(node);
      logger.warn({ err: error, connection: name, node }, 'a node of redis is unreachable');
    });
    this.on('refresh', () => {
      const nodes = new Map(this.nodes().map((each) => [toAddress(each.options), each.status]));
      for (const node of this.#lost) {
        const status = nodes.get(node);
        if (status !== undefined && status !== 'ready') continue;
        this.#lost.delete(node);
        const what = status === 'ready' ? 'is reachable again' : 'has no slots any more';
        logger.info({ connection: name, node }, `a node of redis ${what}`);
      }
    });
  }

  /** Connects to new masters before the first command needs them. The event `node error` reports those that it cannot reach. */
  #connectMasters(): void {
    const unconnected = this.nodes('master').filter(({ status }) => status === 'wait');
    void Promise.allSettled(unconnected.map((node) => node.connect()));
  }
}

function getSlot(key: string): number {
  return new Command('get', [key]).getSlot() ?? 0;
}

function toAddress({
  host,
  port,
}: {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}) {
  return `${host}:${port}`;
}
