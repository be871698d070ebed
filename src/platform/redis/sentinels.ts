import { SentinelConnector, type RedisOptions, type SentinelConnectionOptions } from 'ioredis';
import { parseNodeUrl } from './redis-cluster.ts';

/**
 * Sentinels that know which Redis is the master: `redis://user:password@host:26379/NAME`. NAME is the master's name at the
 * sentinels; all URLs have the same. The credentials and TLS are those of the sentinels and of Redis.
 */
export interface Sentinels {
  readonly sentinels: readonly string[];
}

const RESPONSE_WITHIN_MS = 500;

/** Returns the name of the master in the URL of a sentinel; empty if it has none. */
export function getMasterName(url: string): string {
  return decodeURIComponent(URL.parse(url)?.pathname.slice(1) ?? '');
}

/**
 * Finds the master at each attempt to connect. ioredis goes on listening to the sentinels of the last connection during an
 * attempt. If they report a new master then, it ends the attempt, and never makes another one.
 */
class MasterConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
  }

  override connect(...args: Parameters<SentinelConnector['connect']>) {
    const { failoverDetector } = this as unknown as { failoverDetector: { cleanup(): void } | null };
    failoverDetector?.cleanup(); // guard: last-failover-detector
    return super.connect(...args);
  }
}

/** Returns the options of a connection to the master. It asks the sentinels each time that it connects. */
export function toMasterOptions({ sentinels }: Sentinels) {
  const [first] = sentinels;
  if (first === undefined) throw new Error('there must be a sentinel');
  const { username, password, tls } = parseNodeUrl(first);
  return {
    Connector: MasterConnector,
    name: getMasterName(first),
    sentinels: sentinels.map(parseNodeUrl).map(({ host, port }) => ({ host, port })),
    role: 'master' as const,
    // A new master is heard of at once, even if the old one hangs.
    failoverDetector: true,
    // A sentinel that hangs must not keep the others from being asked.
    sentinelCommandTimeout: RESPONSE_WITHIN_MS,
    // An old master that became a replica refuses writes. Nothing is sent twice.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    ...(username !== undefined && { username, sentinelUsername: username }),
    ...(password !== undefined && { password, sentinelPassword: password }),
    ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
  } satisfies RedisOptions;
}
