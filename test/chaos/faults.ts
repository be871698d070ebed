import { Redis } from 'ioredis';
import { pause } from '../support/pause.ts';
import type { Cluster } from '../torture/cluster.ts';
import { redisRestarts } from '../torture/faults.ts';
import type { Fault } from '../torture/inject-faults.ts';
import type { Random } from '../torture/random.ts';
import type { Page } from './page.ts';

/** What can come between a booking and the pages that show it. The first node is spared: its memory is looked at. */
export function chaosFaults(cluster: Cluster, pages: readonly Page[]): Fault[] {
  const [, ...others] = cluster.nodes;
  return [
    {
      kind: 'pub/sub connections killed',
      weight: 6,
      target: 'redis',
      run: () => tellRedis(cluster, (redis) => redis.client('KILL', 'TYPE', 'PUBSUB')),
    },
    {
      kind: 'Redis flushed',
      weight: 4,
      target: 'redis',
      run: () => tellRedis(cluster, (redis) => redis.flushall()),
    },
    redisRestarts(cluster, 4),
    ...others.map(({ name, server }) => ({
      kind: 'API killed',
      weight: 3,
      target: `node ${name}`,
      async run(random: Random) {
        await server.kill();
        await pause(random.whole(0, 1_500));
        await server.start();
      },
    })),
    ...cluster.nodes.map(({ name, redisProxy }) => ({
      kind: 'publishing delayed',
      weight: 4,
      target: `redis of ${name}`,
      async run(random: Random) {
        redisProxy.stalled = true;
        await pause(random.whole(50, 1_800));
        redisProxy.stalled = false;
      },
    })),
    {
      kind: 'sockets paused',
      weight: 6,
      target: 'pages',
      async run(random) {
        const asleep = pages.filter(() => random.chance(0.2));
        for (const page of asleep) page.pause();
        await pause(random.whole(300, 4_000));
        for (const page of asleep) page.resume();
      },
    },
    {
      kind: 'connections lost',
      weight: 4,
      target: 'pages',
      async run(random) {
        for (const page of pages) if (random.chance(0.2)) page.lose();
        await Promise.resolve();
      },
    },
  ];
}

async function tellRedis(cluster: Cluster, tell: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(cluster.redisUrl, { lazyConnect: true });
  try {
    await redis.connect();
    await tell(redis);
  } finally {
    redis.disconnect();
  }
}
