import { afterAll, beforeAll } from 'vitest';
import type { SeatsChanged } from '../../../src/messaging/messages.ts';
import { connectRedis } from '../../../src/platform/redis/redis.ts';
import { RedisCluster } from '../../../src/platform/redis/redis-cluster.ts';
import { makeBatchIds } from '../../support/batch-ids.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';

/** Enough events that every master has some. */
export const EVENT_IDS = Array.from({ length: 30 }, (_, i) => i + 1);

type Master = ReturnType<TestRedis['nodeOf']>;

/** A Redis Cluster of three masters, and a client of it, for one test file. */
export function clusterSuite() {
  let server: TestRedis;
  let redis: RedisCluster;
  beforeAll(async () => {
    server = await startTestRedis({ kind: 'cluster' });
    redis = await connect();
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  async function connect(): Promise<RedisCluster> {
    const client = connectRedis(server.address, 'test', silent);
    if (!(client instanceof RedisCluster)) throw new Error('not a cluster');
    await eventually('the cluster is connected', () => client.status === 'ready');
    return client;
  }

  const masterOf = (eventId: number): Master => server.nodeOf(`{${eventId}}`);

  return {
    server: () => server,
    redis: () => redis,
    connect,
    masterOf,
    /** Returns an event of each master. */
    eventOfEachMaster: () => [...new Map(EVENT_IDS.map((id) => [masterOf(id), id])).values()],
    /** Waits until the cluster serves all slots again, and the client knows it. */
    whole: async () => {
      await eventually('the cluster is whole', async () => {
        const answers = await Promise.allSettled(EVENT_IDS.map((id) => redis.get(`{${id}}`)));
        return redis.isWhole && answers.every(({ status }) => status === 'fulfilled');
      });
    },
  };
}

export function aChange(eventId: number, version = 1): SeatsChanged {
  const batches = makeBatchIds(version);
  return { eventId, fromVersion: version - 1, version, ...batches, seats: [], bookingIds: [] };
}
