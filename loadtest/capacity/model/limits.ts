import type { Costs } from '../inputs.ts';
import type { Sale } from '../sale/sale.ts';
import { toGigabits, type Plan } from './plan.ts';

interface Resource {
  readonly name: string;
  /** Returns how many of them a plan needs, as a fraction. */
  readonly needed: (plan: Plan, sale: Sale, costs: Costs) => number;
  /** What helps beyond one. */
  readonly remedy: string;
}

const resources: readonly Resource[] = [
  {
    name: 'API process',
    needed: ({ apiCores, sockets }, { utilization }, { socketsPerProcessMax }) =>
      Math.max(apiCores.value / utilization, sockets.value / socketsPerProcessMax),
    remedy: 'more API processes, a core each; sockets in [processes of their own](#roles-of-api-processes)',
  },
  {
    name: 'connections of a balancer',
    needed: ({ sockets }, _, { connectionsPerBalancerMax }) => sockets.value / connectionsPerBalancerMax,
    remedy: 'more balancers behind DNS or anycast',
  },
  {
    name: 'network of a balancer',
    needed: ({ outBytes }, { gigabits, utilization }) => toGigabits(outBytes.value) / gigabits / utilization,
    remedy: 'more balancers; maps from a CDN; [sections](#longer-ticks-and-sections) (not built)',
  },
  {
    name: 'connections of PostgreSQL',
    needed: ({ postgresConnections }, _, { databaseConnectionsMax }) =>
      postgresConnections / databaseConnectionsMax,
    remedy: 'a higher `max_connections`; [an edge](#an-edge-without-a-database) (not built)',
  },
  {
    name: 'CPU of PostgreSQL',
    needed: ({ postgresCores }, { databaseCores, utilization }) =>
      postgresCores.value / databaseCores / utilization,
    remedy: 'more cores; a slower pace; [several databases](#several-databases) (not built)',
  },
  {
    name: 'thread of Redis',
    needed: ({ redisCores }, { utilization }) => redisCores.value / utilization,
    remedy: '[Redis Cluster](#redis-cluster); a [draw](#the-draw) over a longer time',
  },
  {
    name: 'lane of an event',
    needed: ({ busiestEvent }, { utilization }, { eventCommandsMax }) =>
      busiestEvent.value / utilization / eventCommandsMax,
    remedy: 'a slower pace of its waiting room: an event has one lane',
  },
];

/** How many of a resource a plan needs. */
export interface Limit {
  readonly name: string;
  readonly needed: number;
  readonly remedy: string;
}

/** Returns the resources of which a small deployment has one, the scarcest first. */
export function rankLimits(plan: Plan, sale: Sale, costs: Costs): Limit[] {
  const limits = resources.map(({ name, needed, remedy }) => ({
    name,
    needed: needed(plan, sale, costs),
    remedy,
  }));
  limits.sort((a, b) => b.needed - a.needed); // guard: scarcest-first
  return limits;
}
