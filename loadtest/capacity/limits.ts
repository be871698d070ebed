import type { Demand } from './demand.ts';
import type { Costs } from './inputs.ts';
import { planCapacity, toGigabits, type Plan } from './model.ts';

/** Something of which the deployment in `deploy/` has one, and whose capacity ends. */
interface Resource {
  readonly name: string;
  readonly limit: (demand: Demand, costs: Costs) => number;
  readonly used: (plan: Plan) => number;
  /** What helps beyond it. */
  readonly next: string;
}

const resources: readonly Resource[] = [
  {
    name: 'connections of one balancer',
    limit: (_, costs) => costs.connectionsPerBalancerMax,
    used: ({ connections }) => connections,
    next: 'more balancers behind DNS or anycast',
  },
  {
    name: 'network of one balancer',
    limit: ({ gigabits, utilization }) => gigabits * utilization,
    used: ({ outBytes }) => toGigabits(outBytes.frames + outBytes.arrivals + outBytes.waiters),
    next: 'more balancers; maps from a CDN; a longer tick',
  },
  {
    name: 'connections of one PostgreSQL server',
    limit: (_, costs) => costs.databaseConnectionsMax,
    used: ({ postgresConnections }) => postgresConnections,
    next: 'a higher `max_connections`; processes without a database (not built)',
  },
  {
    name: 'CPU of one PostgreSQL server',
    limit: ({ databaseCores, utilization }) => databaseCores * utilization,
    used: ({ postgresCores }) => postgresCores,
    next: 'more cores; events divided among several databases (not built)',
  },
  {
    name: 'thread of one Redis server',
    limit: ({ utilization }) => utilization,
    used: ({ redisCores }) => redisCores,
    next: 'Redis Cluster, whose nodes share the subscribers; relays before the API processes (not built)',
  },
  {
    name: 'commands of one event',
    limit: (_, costs) => costs.eventCommandsMax,
    used: ({ eventCommands }) => eventCommands,
    next: 'nothing: an event has one lane, so admit fewer buyers at a time',
  },
];

/** Where one resource ends if the number of users grows and their behavior stays the same. */
export interface Limit {
  readonly name: string;
  /** Users at whom it is exhausted. Infinity if never. */
  readonly users: number;
  /** Share of it that the demand uses. */
  readonly used: number;
  readonly next: string;
}

const USERS_MAX = 1e12;

/** Returns the limits in the order in which a growing number of users reaches them. */
export function findLimits(demand: Demand, costs: Costs): Limit[] {
  const limits = resources.map(({ name, limit, used, next }) => {
    const usedBy = (users: number) => used(planCapacity({ ...demand, users }, costs)) / limit(demand, costs);
    return { name, users: findUsers((users) => usedBy(users) > 1), used: usedBy(demand.users), next };
  });
  return limits.sort((a, b) => a.users - b.users);
}

/** Returns the largest number of users for which a condition that stays true once it is true does not hold. */
function findUsers(isExceeded: (users: number) => boolean): number {
  if (!isExceeded(USERS_MAX)) return Infinity;
  let [below, above] = [0, USERS_MAX];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (isExceeded(middle)) above = middle;
    else below = middle;
  }
  return below;
}
