import { runBlocks } from './blocks/blocks.ts';
import { runBookingQueue } from './booking-queue/booking-queue.ts';
import type { BenchContext } from './context.ts';
import { runFanOut } from './fan-out/fan-out.ts';
import { runIdle } from './fan-out/idle.ts';
import { runExpiry } from './holds/expiry.ts';
import { directScenarios, runDirect } from './holds/holds.ts';
import { runEventList } from './http/event-list.ts';
import { runHttp } from './http/http.ts';
import { runLimits } from './http/limits.ts';
import { runMap } from './map/map.ts';
import { runNodes } from './nodes/nodes.ts';
import { runPartitions } from './partitions/partitions.ts';
import { runPubSub } from './pubsub/pubsub.ts';
import { runReplica } from './replica/replica.ts';
import { runSeatMap } from './seat-map/seat-map.ts';
import { runWaitingRoom } from './waiting-room/waiting-room.ts';

export interface Benchmark {
  /** Name for `--only`, and of its block in docs/benchmarks.md. */
  readonly name: string;
  readonly title: string;
  /** Default number of repetitions. */
  readonly pairs: number;
  /** Whether each measurement takes a given time. Others end when their work is done. */
  readonly isTimed: boolean;
  /** Returns tables as Markdown. */
  run(ctx: BenchContext): Promise<string>;
}

const PAIRS = 5;

export const benchmarks: readonly Benchmark[] = [
  ...directScenarios.map((scenario) => ({
    name: scenario.name,
    title: scenario.title,
    pairs: PAIRS,
    isTimed: true,
    run: (ctx: BenchContext) => runDirect(ctx, scenario),
  })),
  {
    name: 'partitions',
    title: 'Holds in partitioned tables',
    pairs: PAIRS,
    isTimed: true,
    run: runPartitions,
  },
  { name: 'http', title: 'Over HTTP', pairs: PAIRS, isTimed: true, run: runHttp },
  { name: 'nodes', title: 'Several API processes', pairs: 3, isTimed: true, run: runNodes },
  { name: 'replica', title: 'Reads from a replica', pairs: 3, isTimed: true, run: runReplica },
  {
    name: 'pubsub',
    title: 'Messages in a Redis Cluster: plain and sharded pub/sub',
    pairs: 3,
    isTimed: true,
    run: runPubSub,
  },
  { name: 'event-list', title: 'A list of 10,000 events', pairs: PAIRS, isTimed: true, run: runEventList },
  { name: 'limits', title: 'Rate limits', pairs: PAIRS, isTimed: true, run: runLimits },
  {
    name: 'fan-out',
    title: 'Fan-out: one event, 2,000 sockets',
    pairs: PAIRS,
    isTimed: true,
    run: runFanOut,
  },
  { name: 'seat-map', title: 'The seat map of 80,000 seats', pairs: PAIRS, isTimed: true, run: runSeatMap },
  { name: 'map', title: 'The map of 80,000 seats in a browser', pairs: 3, isTimed: true, run: runMap },
  {
    name: 'idle',
    title: 'Idle: 10,000 sockets watching one event',
    pairs: PAIRS,
    isTimed: false,
    run: runIdle,
  },
  {
    name: 'waiting-room',
    title: 'Waiting room: 100,000 people',
    pairs: 3,
    isTimed: false,
    run: runWaitingRoom,
  },
  {
    name: 'booking-queue',
    title: 'Booking queue: a storm of 6,000 holds',
    pairs: PAIRS,
    isTimed: false,
    run: runBookingQueue,
  },
  {
    name: 'expiry',
    title: 'Expiry: 90,000 holds that expire in the same second',
    pairs: 3,
    isTimed: false,
    run: runExpiry,
  },
  { name: 'blocks', title: 'Longest block of the event loop', pairs: 2, isTimed: false, run: runBlocks },
];
