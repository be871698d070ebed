import { Redis } from 'ioredis';
import { describeConnectionError, isCertificateError } from '../network/certificate-errors.ts';
import { StartupError } from '../errors.ts';
import { parseNodeUrl } from './redis-cluster.ts';
import type { RedisAddress } from './redis.ts';
import { getMasterName, type Sentinels } from './sentinels.ts';

const TIMEOUT_MS = 3_000;

/** What a server says about itself. */
type Membership =
  | { readonly kind: 'single' }
  | { readonly kind: 'sentinel' }
  | { readonly kind: 'node'; readonly id: string; readonly known: string }
  /** It does not answer, or it does not allow the question. */
  | { readonly kind: 'unknown' };

/**
 * Checks at startup that Redis is what its setting says: one server, sentinels, or nodes of the same cluster. Commands for one
 * server would fail for two thirds of the events on a cluster of three, and the process would look healthy.
 *
 * Passes if Redis does not respond, because Sellout starts without it, but not if its certificate is not trusted.
 *
 * @throws {StartupError} if it is not.
 */
export async function checkRedisMode(address: RedisAddress): Promise<void> {
  if (typeof address === 'object' && 'sentinels' in address) return checkSentinels(address);
  const [setting, urls] = toUrls(address);
  const found = await Promise.all(
    urls.map(async (url) => ({ host: new URL(url).host, ...(await readMembership(setting, url)) })),
  );
  for (const { host, kind } of found) {
    // guard: cluster-node-refused
    if (typeof address === 'string' && kind === 'node') {
      const instead = 'List the nodes of the cluster in REDIS_CLUSTER_URLS instead.';
      throw new StartupError(`REDIS_URL: ${host} is a node of a Redis Cluster. ${instead}`);
    }
    // guard: sentinel-refused
    if (kind === 'sentinel')
      throw new StartupError(`${setting}: ${host} is a sentinel. List sentinels in REDIS_SENTINELS instead.`);
    // guard: single-redis-refused
    if (typeof address !== 'string' && kind === 'single')
      throw new StartupError(
        `REDIS_CLUSTER_URLS: ${host} is not a node of a Redis Cluster. Use REDIS_URL for one Redis.`,
      );
  }
  const nodes = found.flatMap((node) => (node.kind === 'node' ? [node] : []));
  const stranger = nodes.find(({ id }) => !(nodes[0]?.known ?? id).includes(id));
  // guard: mixed-clusters-refused
  if (stranger !== undefined)
    throw new StartupError(
      `REDIS_CLUSTER_URLS: ${stranger.host} does not belong to the cluster of ${nodes[0]?.host}.`,
    );
}

/**
 * Checks at startup that Redis responds, and that it is what its setting says.
 *
 * @throws {StartupError} if not. Of a cluster or of sentinels, one has to respond.
 */
export async function checkRedis(address: RedisAddress): Promise<void> {
  const [setting, urls] = toUrls(address);
  const failures: string[] = [];
  for (const url of urls) {
    const error = await withConnection(url, (redis) => redis.ping()).then(
      () => null,
      (cause: unknown) => cause,
    );
    if (error === null) return checkRedisMode(address);
    failures.push(describeFailure(url, error));
  }
  throw new StartupError(`${setting}: ${failures.join('; ')}.`);
}

/** @throws {StartupError} if a server that responds is not a sentinel, or does not know the master. */
async function checkSentinels({ sentinels }: Sentinels): Promise<void> {
  for (const url of sentinels) {
    const { host } = new URL(url);
    const { kind } = await readMembership('REDIS_SENTINELS', url);
    // guard: other-redis-as-sentinel-refused
    if (kind === 'single' || kind === 'node')
      throw new StartupError(`REDIS_SENTINELS: ${host} is not a sentinel. Use REDIS_URL for one Redis.`);
    // guard: unknown-master-refused
    if (kind === 'sentinel' && !(await knowsMaster(url)))
      throw new StartupError(`REDIS_SENTINELS: ${host} knows no master called ${getMasterName(url)}.`);
  }
}

async function knowsMaster(url: string): Promise<boolean> {
  const ask = (redis: Redis) => redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', getMasterName(url));
  return (await withConnection(url, ask)) !== null;
}

function toUrls(address: RedisAddress): readonly [setting: string, urls: readonly string[]] {
  if (typeof address === 'string') return ['REDIS_URL', [address]];
  if ('sentinels' in address) return ['REDIS_SENTINELS', address.sentinels];
  return ['REDIS_CLUSTER_URLS', address];
}

async function readMembership(setting: string, url: string): Promise<Membership> {
  try {
    return await withConnection(url, async (redis) => {
      // guard: sentinel-recognized
      if ((await redis.info('server')).includes('redis_mode:sentinel')) return { kind: 'sentinel' };
      if (!(await redis.info('cluster')).includes('cluster_enabled:1')) return { kind: 'single' };
      const [id, known] = await Promise.all([redis.cluster('MYID'), redis.cluster('NODES')]);
      return { kind: 'node', id, known: String(known) };
    });
  } catch (error) {
    if (isCertificateError(error)) throw new StartupError(`${setting}: ${describeFailure(url, error)}.`); // guard: redis-certificate-refused
    return { kind: 'unknown' };
  }
}

function describeFailure(url: string, error: unknown): string {
  return `cannot connect to Redis at ${new URL(url).host}: ${describeConnectionError(error)}`;
}

async function withConnection<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({
    ...parseNodeUrl(url),
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
  });
  // `connect` rejects only with "Connection is closed"; the event has the cause.
  let reason: unknown;
  redis.on('error', (error) => (reason = error));
  try {
    await redis.connect();
    return await work(redis);
  } catch (error) {
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}
