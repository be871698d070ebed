import { Redis } from 'ioredis';
import { waitUntil } from '../../scripts/local/processes.ts';
import { pause } from '../support/pause.ts';
import type { Cluster } from '../torture/cluster/cluster.ts';
import { redisRestarts } from '../torture/cluster/faults.ts';
import type { Fault } from '../torture/cluster/inject-faults.ts';
import type { Random } from '../torture/random.ts';
import type { SkippedConsumers } from './node-counters.ts';
import type { Page } from './page.ts';

/** Share of the pages that a fault hits. */
const SHARE = 0.2;
/**
 * Number of paused pages that request a lot, so that their send buffers fill and the server must skip them. Few, because
 * the responses must be ready before the pages read again, even if the machine is busy.
 */
const ASKING = 2;
/** Long enough for the response and a message after it; shorter than pages wait for an answer to their pings. */
const PAUSE_MS = { least: 2_000, most: 3_000 };
/** Another fault can hit the asking pages or their node meanwhile, so that none is skipped. */
const PAUSES_MAX = 3;
/** Generous: pings notice a dead line within five seconds. */
const NOTICED_WITHIN_MS = 15_000;

/**
 * Returns the faults that can occur between a booking and the pages that show it. They spare the first node, whose
 * memory is measured.
 */
export function chaosFaults(
  cluster: Cluster,
  pages: readonly Page[],
  skipped: SkippedConsumers,
  breaches: string[],
): Fault[] {
  return [...serverFaults(cluster), ...pageFaults(pages, skipped, breaches)];
}

function serverFaults(cluster: Cluster): Fault[] {
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
  ];
}

function pageFaults(pages: readonly Page[], skipped: SkippedConsumers, breaches: string[]): Fault[] {
  const some = (random: Random) => pages.filter(({ awake }) => awake && random.chance(SHARE));
  return [
    {
      kind: 'sockets paused',
      weight: 6,
      target: 'pages',
      async run(random) {
        await skipped.read();
        const before = skipped.total;
        for (let pauses = 0; pauses < PAUSES_MAX && skipped.total === before; pauses++) {
          const asleep = some(random);
          for (const page of asleep) page.pause();
          await Promise.all(asleep.slice(0, ASKING).map((page) => page.askForMuch()));
          await pause(random.whole(PAUSE_MS.least, PAUSE_MS.most));
          for (const page of asleep) page.resume();
          await skipped.read();
        }
      },
    },
    {
      kind: 'connections lost',
      weight: 4,
      target: 'pages',
      async run(random) {
        for (const page of pages) if (random.chance(SHARE)) page.lose();
        await Promise.resolve();
      },
    },
    {
      kind: 'line goes dead',
      weight: 3,
      target: 'pages',
      async run(random) {
        const cutOff = some(random);
        for (const page of cutOff) page.loseLine();
        const noticed = await waitUntil(() => !cutOff.some(({ deceived }) => deceived), NOTICED_WITHIN_MS);
        if (noticed) return;
        const left = cutOff.filter(({ deceived }) => deceived).length;
        breaches.push(`${left} pages did not notice their dead line within ${NOTICED_WITHIN_MS} ms`);
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
