import type { Costs } from '../inputs.ts';
import type { Sale } from '../sale/sale.ts';
import type { Load } from './load.ts';
import { computeUsage, type Usage } from './usage.ts';

/** A greatest value of a sale, and its time in seconds from the beginning of the sale. */
interface Peak {
  readonly value: number;
  readonly time: number;
}

/**
 * - `built`: every process has connections to PostgreSQL of its own.
 * - `edge`: a design that is not built. Waiting people have no sockets but read one small object from a CDN, and compute their
 *   number after the draw. Maps come from the CDN. Processes without a database hold the sockets; relays feed them.
 */
export type Design = 'built' | 'edge';

/** What a sale needs. Each value is the greatest of the sale. */
export interface Plan {
  readonly design: Design;
  readonly sockets: Peak;
  /** API processes, a core each. */
  readonly processes: number;
  /** Those that serve only subscriptions (`API_ROLES=sockets`). 0 if every process serves everything. */
  readonly socketProcesses: number;
  /** The moment with the most busy API cores. */
  readonly busiestApi: Usage;
  readonly apiCores: Peak;
  readonly apiBytes: number;
  readonly balancers: number;
  readonly balancerCores: Peak;
  readonly balancerBytes: number;
  readonly outBytes: Peak;
  /** Requests per second that a CDN answers in the design. */
  readonly cdnRequests: number;
  readonly postgresCores: Peak;
  readonly postgresConnections: number;
  readonly walBytes: Peak;
  readonly redisCores: Peak;
  readonly redisMasters: number;
  readonly redisBytes: number;
  readonly busiestEvent: Peak;
  /** The moment with the most messages. */
  readonly busiest: Usage;
}

/** Workers, of which one may fail. */
const WORKERS = 2;
/** Relays in the design, of which one may fail. */
const RELAYS_MIN = 2;
/** Edge processes that one relay feeds. Assumed. */
const EDGES_PER_RELAY = 50;
/** Time between two looks of a waiting person at the object of a CDN. */
export const STATUS_SECONDS = 5;

export function planSale(loads: readonly Load[], sale: Sale, costs: Costs, design: Design = 'built'): Plan {
  const waiting = Math.max(...loads.map((load) => load.waiting));
  const served = design === 'built' ? loads : loads.map(withoutWaiters);
  const usages = served.map((load) => computeUsage(load, costs));
  const { utilization } = sale;
  const sockets = findPeak(usages, (usage) => usage.sockets);
  const apiCores = findPeak(usages, sumApiCores);
  const { processes, socketProcesses } = countProcesses(usages, sale, costs);
  const serving = processes - socketProcesses;
  // Processes that read the database and receive every batch.
  const central =
    design === 'built' ? processes : serving + Math.max(RELAYS_MIN, Math.ceil(processes / EDGES_PER_RELAY));
  const polls = (central * costs.pollPostgresMicros) / 1e6;
  const deliver = (usage: Usage) => (usage.messages * central * costs.redisDeliveryMicros) / 1e6;
  const redisCores = findPeak(usages, (usage) => usage.redisCores + deliver(usage));
  const outBytes = findPeak(usages, (usage) => sum(Object.values(usage.outBytes)));
  return {
    design,
    sockets,
    processes,
    socketProcesses,
    apiCores,
    busiestApi: findAt(usages, apiCores.time),
    apiBytes: processes * costs.processBytes + Math.max(...usages.map(({ socketBytes }) => socketBytes)),
    balancers: Math.max(
      1,
      Math.ceil(sockets.value / costs.connectionsPerBalancerMax),
      Math.ceil(toGigabits(outBytes.value) / (sale.gigabits * utilization)),
    ),
    balancerCores: findPeak(usages, (usage) => usage.balancerCores),
    // A balancer has both ends of what it connects.
    balancerBytes: sockets.value * (costs.balancerSocketBytes + 2 * costs.kernelBytes),
    outBytes,
    cdnRequests: design === 'built' ? 0 : waiting / STATUS_SECONDS,
    postgresCores: findPeak(usages, (usage) => usage.postgresCores + polls),
    postgresConnections:
      (serving + WORKERS) * costs.databaseConnectionsPerProcess +
      (central - serving) * costs.databaseConnectionsPerSocketProcess,
    walBytes: findPeak(usages, (usage) => usage.walBytes),
    redisCores,
    redisMasters: Math.max(1, Math.ceil(redisCores.value / utilization)),
    redisBytes: Math.max(...usages.map(({ messages, messageBytes }) => messages * central * messageBytes)),
    busiestEvent: findPeak(usages, (usage) => usage.busiest),
    busiest: findAt(usages, findPeak(usages, (usage) => usage.messages).time),
  };
}

/** Converts bytes per second. */
export function toGigabits(bytes: number): number {
  return (bytes * 8) / 1e9;
}

function sumApiCores({ apiCores }: Usage): number {
  return sum(Object.values(apiCores));
}

/** In the design, only those sockets remain that show a live map, and the draw needs no requests. */
function withoutWaiters(load: Load): Load {
  const watchers = load.watching - load.inside;
  return {
    ...load,
    waiting: 0,
    inside: load.watching,
    draws: 0,
    watching: watchers + load.inside,
    mapVisits: 0,
  };
}

/** As long as PostgreSQL has enough connections, every process serves everything; otherwise sockets have processes of their own. */
function countProcesses(usages: readonly Usage[], { utilization }: Sale, costs: Costs) {
  const count = (cores: (usage: Usage) => number) =>
    Math.max(1, Math.ceil(findPeak(usages, cores).value / utilization));
  const bySockets = Math.ceil(findPeak(usages, ({ sockets }) => sockets).value / costs.socketsPerProcessMax);
  const together = Math.max(count(sumApiCores), bySockets);
  if ((together + WORKERS) * costs.databaseConnectionsPerProcess <= costs.databaseConnectionsMax)
    return { processes: together, socketProcesses: 0 };
  const serving = count(({ apiCores }) => apiCores.visits + apiCores.draw + apiCores.commands);
  const socketProcesses = Math.max(
    bySockets,
    count(({ apiCores }) => apiCores.waiters + apiCores.liveMaps),
  );
  return { processes: serving + socketProcesses, socketProcesses };
}

function findPeak(usages: readonly Usage[], read: (usage: Usage) => number): Peak {
  let peak: Peak = { value: -Infinity, time: 0 };
  for (const usage of usages) {
    const value = read(usage);
    if (value > peak.value) peak = { value, time: usage.time };
  }
  return peak;
}

function findAt(usages: readonly Usage[], time: number): Usage {
  const usage = usages.find((candidate) => candidate.time === time);
  if (usage === undefined) throw new Error(`no usage at ${time}`);
  return usage;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
