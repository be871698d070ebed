import { Redis } from 'ioredis';
import { becomesTrue } from '../../scripts/local/processes.ts';
import { pause } from '../support/pause.ts';
import type { Cluster } from '../torture/cluster/cluster.ts';
import { redisRestarts } from '../torture/cluster/faults.ts';
import type { Fault } from '../torture/cluster/inject-faults.ts';
import type { Random } from '../torture/random.ts';
import type { Page } from './page.ts';

/** Of the pages that a fault hits. */
const SHARE = 0.2;
/** Of those that are paused: the server clogs, and has to skip them. */
const SHARE_ASKING = 0.15;
/** Long enough for the answer to be there and a message after it; shorter than pages wait for an answer to their pings. */
const PAUSE_MS = { least: 1_000, most: 3_000 };
/** Generous: their pings tell them within five seconds. */
const NOTICED_WITHIN_MS = 15_000;

/** What can come between a booking and the pages that show it. The first node is spared: its memory is looked at. */
export function chaosFaults(cluster: Cluster, pages: readonly Page[], breaches: string[]): Fault[] {
  return [...serverFaults(cluster), ...pageFaults(pages, breaches)];
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

function pageFaults(pages: readonly Page[], breaches: string[]): Fault[] {
  const some = (random: Random) => pages.filter(({ awake }) => awake && random.chance(SHARE));
  return [
    {
      kind: 'sockets paused',
      weight: 6,
      target: 'pages',
      async run(random) {
        const asleep = some(random);
        for (const page of asleep) page.pause();
        await Promise.all(asleep.filter(() => random.chance(SHARE_ASKING)).map((page) => page.askForMuch()));
        await pause(random.whole(PAUSE_MS.least, PAUSE_MS.most));
        for (const page of asleep) page.resume();
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
        const noticed = await becomesTrue(() => !cutOff.some(({ deceived }) => deceived), NOTICED_WITHIN_MS);
        if (noticed) return;
        const left = cutOff.filter(({ deceived }) => deceived).length;
        breaches.push(`${left} pages did not notice within ${NOTICED_WITHIN_MS} ms that their line is dead`);
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
