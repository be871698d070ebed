import type { Demand } from './demand.ts';
import type { Costs } from './inputs.ts';

const MICROS = 1e6;

/** What a demand needs. All rates are per second. */
export interface Plan {
  readonly watchers: number;
  readonly buyers: number;
  readonly waiters: number;
  /** WebSockets: one per watcher and buyer. */
  readonly sockets: number;
  /** WebSockets with those of waiters, who have one each. */
  readonly connections: number;
  readonly arrivals: number;
  readonly holds: number;
  readonly confirms: number;
  /** Holds that are released or expire. */
  readonly ends: number;
  /** Commands of one event. */
  readonly eventCommands: number;
  readonly commandsPerBatch: number;
  /** Batches of all events. */
  readonly batches: number;
  readonly soldOutAfterSeconds: number;
  /** Frames to each socket. */
  readonly frames: number;
  readonly frameBytes: number;
  /** Busy API cores by cause, at 100 %. */
  readonly apiCores: {
    readonly idle: number;
    readonly frames: number;
    readonly arrivals: number;
    readonly commands: number;
    readonly waiters: number;
  };
  /** API processes, and what determines their number. */
  readonly processes: number;
  readonly processesBy: 'CPU' | 'connections';
  readonly apiMemoryBytes: number;
  readonly postgresCores: number;
  readonly postgresConnections: number;
  readonly walBytes: number;
  readonly redisCores: number;
  readonly redisBytes: number;
  readonly outBytes: { readonly frames: number; readonly arrivals: number; readonly waiters: number };
  /** Memory of the places of waiters in Redis. */
  readonly placeBytes: number;
  readonly balancers: number;
}

/** Computes what a demand needs, assuming that everything scales out as far as it must. */
export function planCapacity(demand: Demand, costs: Costs): Plan {
  const sale = planSale(demand, costs);
  const feed = planFeed(demand, costs, sale);
  const visits = planVisits(demand, costs);
  const waiting = planWaiting(demand, costs, visits.waiters);
  const { sockets, waiters } = visits;
  const connections = sockets + waiters;

  const apiCores = {
    idle: (sockets * costs.watcherIdleMicros) / MICROS,
    frames: (sockets * feed.frames * feed.frameMicros) / MICROS,
    arrivals: visits.apiMicros / MICROS,
    commands: sale.apiMicros / MICROS,
    waiters: waiting.apiMicros / MICROS,
  };
  const byCpu = sum(Object.values(apiCores)) / demand.utilization;
  const byConnections = connections / costs.socketsPerProcessMax;
  const processes = Math.max(1, Math.ceil(byCpu), Math.ceil(byConnections));

  const followed = countFollowed(demand.events, sockets / processes);
  const deliveries = sale.batches * processes * (followed / demand.events);
  const outBytes = {
    frames: sockets * feed.frames * feed.frameBytes,
    arrivals: visits.outBytes,
    waiters: waiting.outBytes,
  };
  const polls = (processes * costs.pollPostgresMicros) / MICROS;
  return {
    ...sale,
    ...feed,
    ...visits,
    connections,
    placeBytes: waiters * costs.placeBytes,
    apiCores,
    processes,
    processesBy: byCpu >= byConnections ? 'CPU' : 'connections',
    apiMemoryBytes:
      processes * costs.processBytes + sockets * costs.watcherBytes + waiters * costs.waiterBytes,
    postgresCores: (sale.postgresMicros + visits.postgresMicros + waiting.postgresMicros) / MICROS + polls,
    // One worker besides the API processes.
    postgresConnections: (processes + 1) * costs.databaseConnectionsPerProcess,
    redisCores:
      (sale.batches * costs.redisBatchMicros + deliveries * costs.redisDeliveryMicros + waiting.redisMicros) /
      MICROS,
    redisBytes: deliveries * sale.messageBytes,
    outBytes,
    balancers: Math.max(
      1,
      Math.ceil(connections / costs.connectionsPerBalancerMax),
      Math.ceil(toGigabits(sum(Object.values(outBytes))) / (demand.gigabits * demand.utilization)),
    ),
  };
}

/** Converts bytes per second. */
export function toGigabits(bytes: number): number {
  return (bytes * 8) / 1e9;
}

/**
 * Computes holds, confirmations and ends. While a batch of an event runs, its next commands queue, so that an event has one
 * batch per batch duration and pause between two commands. An end of a hold is charged as a confirmation.
 */
function planSale(demand: Demand, costs: Costs) {
  const holds = (demand.users * demand.buyersShare) / demand.checkoutSeconds;
  const confirms = holds * demand.confirmShare;
  const ends = holds - confirms;
  const eventCommands = (holds + confirms + ends) / demand.events;
  const commandsPerBatch = 1 + eventCommands * (costs.batchMillis / 1_000);
  const batches = (eventCommands / commandsPerBatch) * demand.events;
  const cost = (alone: number, batched: number) => share(alone, batched, costs.batchedSize, commandsPerBatch);
  const total = (hold: number, confirm: number) => holds * hold + (confirms + ends) * confirm;
  return {
    holds,
    confirms,
    ends,
    eventCommands,
    commandsPerBatch,
    batches,
    soldOutAfterSeconds: (demand.events * demand.seatsPerEvent) / (confirms * demand.seatsPerHold),
    messageBytes: cost(costs.messageBytesAlone, costs.messageBytesBatched) * commandsPerBatch,
    apiMicros: total(
      cost(costs.holdApiMicrosAlone, costs.holdApiMicrosBatched),
      cost(costs.confirmApiMicrosAlone, costs.confirmApiMicrosBatched),
    ),
    postgresMicros: total(
      cost(costs.holdPostgresMicrosAlone, costs.holdPostgresMicrosBatched),
      cost(costs.confirmPostgresMicrosAlone, costs.confirmPostgresMicrosBatched),
    ),
    walBytes: total(
      cost(costs.holdWalBytesAlone, costs.holdWalBytesBatched),
      cost(costs.confirmWalBytesAlone, costs.confirmWalBytesBatched),
    ),
  };
}

/** Computes the frames of one socket: at most one per tick, and none for a tick without a change. */
function planFeed(demand: Demand, costs: Costs, { eventCommands }: { readonly eventCommands: number }) {
  const ticks = 1_000 / demand.tickMs;
  // Commands arrive independently of each other (Poisson).
  const frames = ticks * -Math.expm1(-eventCommands / ticks);
  const seats = frames === 0 ? 0 : (eventCommands * demand.seatsPerHold) / frames;
  return {
    frames,
    frameBytes: grow(costs.frameBytes2Seats, costs.frameBytes50Seats, seats),
    frameMicros: grow(costs.frameMicros2Seats, costs.frameMicros50Seats, seats),
  };
}

/** Computes what arrivals cost: the event page, the map and a socket, and for a buyer a session. */
function planVisits(demand: Demand, costs: Costs) {
  const watchers = demand.users * demand.watchersShare;
  const buyers = demand.users * demand.buyersShare;
  const sockets = watchers + buyers;
  const arrivals = sockets / demand.arrivalSeconds;
  const sessions = buyers / demand.arrivalSeconds;
  const mapBytes = (costs.mapBytes * demand.seatsPerEvent) / costs.mapSeats;
  return {
    watchers,
    buyers,
    waiters: demand.users - sockets,
    sockets,
    arrivals,
    apiMicros:
      arrivals * (costs.pageApiMicros + costs.mapApiMicros + costs.connectMicros) +
      sessions * costs.sessionApiMicros,
    postgresMicros: arrivals * costs.pagePostgresMicros + sessions * costs.sessionPostgresMicros,
    outBytes: arrivals * (costs.pageBytes + mapBytes),
  };
}

/**
 * Computes what waiters cost: an update a second to each, and on arrival the event page, a session, a place and a socket.
 */
function planWaiting(demand: Demand, costs: Costs, waiters: number) {
  const arrivals = waiters / demand.arrivalSeconds;
  return {
    apiMicros:
      waiters * costs.waiterMicros +
      arrivals *
        (costs.pageApiMicros + costs.sessionApiMicros + costs.joinApiMicros + costs.waiterConnectMicros),
    postgresMicros:
      arrivals * (costs.pagePostgresMicros + costs.sessionPostgresMicros + costs.joinPostgresMicros),
    redisMicros: arrivals * costs.joinRedisMicros,
    outBytes: waiters * costs.updateBytes + arrivals * costs.pageBytes,
  };
}

/** Returns the cost of a command in a batch of `size`, from those alone and in a batch of `measuredSize`. */
function share(alone: number, batched: number, measuredSize: number, size: number): number {
  const perBatch = (alone - batched) / (1 - 1 / measuredSize);
  return alone - perBatch + perBatch / size;
}

/** Returns the value for a number of seats, from those for 2 and for 50. */
function grow(two: number, fifty: number, seats: number): number {
  return two + ((fifty - two) / 48) * (seats - 2);
}

/** Returns the number of different events that the sockets of one process watch, if each watches a random one. */
function countFollowed(events: number, socketsPerProcess: number): number {
  return events === 1 ? Math.min(1, socketsPerProcess) : events * (1 - (1 - 1 / events) ** socketsPerProcess);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
