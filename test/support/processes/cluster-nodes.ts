import { randomUUID } from 'node:crypto';
import { Cluster, type ClusterOptions } from '../../../scripts/cluster/cluster.ts';
import { freePorts } from '../../../scripts/cluster/ports.ts';
import { TEST_SECRET } from './server-process.ts';

type Options = Pick<ClusterOptions, 'folder' | 'apis' | 'workers'> &
  Partial<Pick<ClusterOptions, 'ports' | 'redis' | 'readEnvOf' | 'report'>>;

/** Creates the cluster of `npm run cluster` on free ports, without rate limits, and with data that need no flush. */
export async function createClusterNodes(options: Options): Promise<Cluster> {
  return new Cluster({
    redis: 'sentinel',
    durable: false,
    secret: TEST_SECRET,
    redisPassword: randomUUID(),
    // All clients of a test have the same address.
    env: { NODE_ENV: 'test', RATE_LIMITS: 'off', CONNECTIONS_PER_ADDRESS_MAX: '5000' },
    report: () => undefined,
    ...options,
    ports: options.ports ?? (await freePorts()),
  });
}
