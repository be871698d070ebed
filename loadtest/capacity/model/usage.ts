import type { Costs } from '../inputs.ts';
import { toCommandCost } from './commands.ts';
import type { Load } from './load.ts';

/** What one moment uses, apart from what each process costs. CPU in cores at 100 %, traffic in bytes per second. */
export interface Usage {
  readonly time: number;
  /** Busy API cores by cause. */
  readonly apiCores: Readonly<Record<ApiCause, number>>;
  readonly sockets: number;
  /** Memory of API processes and of the kernel below them. */
  readonly socketBytes: number;
  readonly balancerCores: number;
  readonly postgresCores: number;
  readonly walBytes: number;
  /** Without deliveries to API processes. */
  readonly redisCores: number;
  readonly placeBytes: number;
  /** Batches that change a seat, and so publish a message. */
  readonly messages: number;
  /** Bytes of such a message. */
  readonly messageBytes: number;
  readonly commandsPerBatch: number;
  /** Commands of the busiest event. */
  readonly busiest: number;
  /** Messages per second to each live map, and their size. */
  readonly frames: number;
  readonly frameBytes: number;
  readonly outBytes: Readonly<Record<'waiters' | 'maps' | 'visits', number>>;
}

type ApiCause = 'waiters' | 'liveMaps' | 'visits' | 'draw' | 'commands';

const MICROS = 1e6;

export function computeUsage(load: Load, costs: Costs): Usage {
  const { waiting, watching, visits, joins, draws, admissions, holds, ends } = load;
  const commandsPerBatch = load.batches === 0 ? 1 : (holds + ends) / load.batches;
  const command = toCommandCost(costs, commandsPerBatch);
  const feed = computeFeed(load, costs);
  const limit = readLimitCost(costs);
  const join = costs.requestMicros + costs.joinNodeMicros;
  const openMap = costs.mapApiMicros + costs.connectMicros;
  const mapBytes = (costs.mapBytes * load.seatsPerEvent) / costs.mapSeats;
  // A join is preceded by a session and followed by a subscription, and a claim by a subscription: all are limited.
  const calls = visits + 3 * joins + draws + 2 * admissions;
  // A visit is a connection, and so is each socket.
  const connects = visits + joins + admissions + load.mapVisits;
  const apiMicros: Record<ApiCause, number> = {
    waiters: waiting * costs.waiterMicros,
    liveMaps: watching * (costs.watcherIdleMicros + feed.frames * feed.frameMicros),
    visits:
      visits * costs.pageApiMicros +
      load.mapVisits * openMap +
      joins * (costs.sessionApiMicros + join + costs.waiterConnectMicros) +
      admissions * (costs.requestMicros + openMap) +
      (calls - draws) * limit.apiMicros,
    draw: draws * (join + limit.apiMicros),
    commands: holds * command.apiMicros.hold + ends * command.apiMicros.end,
  };
  return {
    time: load.time,
    apiCores: mapValues(apiMicros, (micros) => micros / MICROS),
    sockets: waiting + load.inside,
    socketBytes:
      waiting * costs.waiterBytes + watching * costs.watcherBytes + (waiting + watching) * costs.kernelBytes,
    balancerCores:
      (connects * costs.balancerConnectMicros +
        (calls + load.mapVisits + holds + ends - visits) * costs.balancerRequestMicros +
        (waiting + watching * feed.frames) * costs.balancerMessageMicros) /
      MICROS,
    postgresCores:
      ((visits + admissions) * costs.pagePostgresMicros +
        joins * costs.joinPostgresMicros +
        holds * command.postgresMicros.hold +
        ends * command.postgresMicros.end) /
      MICROS,
    walBytes: load.taken * command.walBytes.hold + ends * command.walBytes.end,
    // A claim is charged like a join.
    redisCores:
      ((joins + draws + admissions) * costs.joinRedisMicros +
        calls * limit.redisMicros +
        holds * command.redisMicros.hold +
        ends * command.redisMicros.end) /
      MICROS,
    placeBytes: waiting * costs.placeBytes,
    messages: countMessages(load),
    messageBytes: command.messageBytes * commandsPerBatch,
    commandsPerBatch,
    busiest: load.busiest,
    frames: feed.frames,
    frameBytes: feed.frameBytes,
    outBytes: {
      waiters: waiting * costs.updateBytes,
      maps: watching * feed.frames * feed.frameBytes + (admissions + load.mapVisits) * mapBytes,
      visits: visits * costs.pageBytes,
    },
  };
}

/**
 * The limits of a hold run 21 commands in Redis, of which the three buckets take a third of the time (docs/decisions/0030).
 * Other calls have only the buckets. Lua and the protocol are assumed to cost in proportion.
 */
const BUCKETS_SHARE = 1 / 3;

/** Returns what rate limits cost a call other than a hold. */
export function readLimitCost(costs: Costs): { readonly apiMicros: number; readonly redisMicros: number } {
  return {
    apiMicros: (costs.holdApiMicrosMany - costs.holdApiMicrosUnlimited) * BUCKETS_SHARE,
    redisMicros: (costs.holdRedisMicrosMany - costs.holdRedisMicrosUnlimited) * BUCKETS_SHARE,
  };
}

/** Commands succeed independently of each other (Poisson); a batch of refusals publishes nothing. */
function countMessages({ batches, taken, ends }: Load): number {
  return batches === 0 ? 0 : batches * -Math.expm1(-(taken + ends) / batches);
}

/** Computes the messages to one live map: at most one per tick, and none for a tick without a change. */
function computeFeed({ taken, ends, events, tickMs }: Load, costs: Costs) {
  const ticks = 1_000 / tickMs;
  const changes = (taken + ends) / events;
  // Changes arrive independently of each other (Poisson).
  const frames = ticks * -Math.expm1(-changes / ticks);
  const seats = frames === 0 ? 0 : (changes * SEATS_PER_CHANGE) / frames;
  return {
    frames,
    frameBytes: grow(costs.frameBytes2Seats, costs.frameBytes50Seats, seats),
    frameMicros: grow(costs.frameMicros2Seats, costs.frameMicros50Seats, seats),
  };
}

const SEATS_PER_CHANGE = 2;

/** Returns the value for a number of seats, from those for 2 and for 50. */
function grow(two: number, fifty: number, seats: number): number {
  return two + ((fifty - two) / 48) * (seats - 2);
}

function mapValues<K extends string>(values: Record<K, number>, change: (value: number) => number) {
  const entries = Object.entries<number>(values).map(([name, value]) => [name, change(value)]);
  return Object.fromEntries(entries) as Record<K, number>;
}
