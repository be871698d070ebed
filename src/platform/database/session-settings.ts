/** The three connection pools of a process. None can starve another. */
export const poolNames = ['batches', 'reads', 'worker'] as const;
export type PoolName = (typeof poolNames)[number];
/** An address for each pool. The role in it has the settings of the pool's sessions. */
export type PoolUrls = Readonly<Record<PoolName, string>>;
/** One address for all pools, whose sessions set their settings when they connect, or one for each pool. */
export type DatabaseAddress = string | PoolUrls;

/** Environment variables that have the pools' own addresses. */
export const poolVariables = {
  batches: 'DATABASE_BATCHES_URL',
  reads: 'DATABASE_READS_URL',
  worker: 'DATABASE_WORKER_URL',
} as const;

/** Settings by name, in the units of `pg_settings`. */
export type SessionSettings = Readonly<Record<string, string>>;

/**
 * Timeouts that PostgreSQL enforces on each session; Prisma's own transaction timeout cancels nothing on the server. If
 * a process freezes inside a batch, its locks are released after `idle_in_transaction_session_timeout` at the latest.
 */
export const sessionTimeoutsMs = {
  lock_timeout: 3_000,
  statement_timeout: 5_000,
  idle_in_transaction_session_timeout: 3_000,
  transaction_timeout: 8_000,
} as const;

/**
 * Planner settings that allow only access by key, for batches and the worker. Otherwise PostgreSQL keeps plans, also
 * for foreign keys, that it made while the tables were small: in the first minute of an on-sale, a batch of 487 holds
 * took 2,300 ms in sequential scans instead of 15. Sorting is disabled too, so that ordered rows come from an index in
 * that order; for a table that looks empty, the planner would choose any index on the event and sort.
 */
// guard: index-order-without-sort
const plansByKey = [
  'enable_seqscan',
  'enable_hashjoin',
  'enable_mergejoin',
  'enable_material',
  'enable_sort',
];

/**
 * Returns the settings of each session of a pool. `client_min_messages` lets the warning through that a COMMIT stopped
 * waiting for a standby.
 */
export function getSessionSettings(pool: PoolName): SessionSettings {
  const timeouts = Object.entries(sessionTimeoutsMs).map(([name, ms]) => [name, String(ms)]);
  const planner = pool === 'reads' ? [] : plansByKey.map((name) => [name, 'off']);
  // guard: unreplicated-commit-reported
  const others = [['client_min_messages', 'warning'], ['jit', 'off'], ...planner];
  return Object.fromEntries([...timeouts, ...others]) as Record<string, string>;
}

/** How a pool connects. */
export interface Connection {
  readonly connectionString: string;
  readonly options?: string;
}

/** Returns how a pool connects. The sessions of a pool with an address of its own have the settings of their role. */
export function getConnection(address: DatabaseAddress, pool: PoolName): Connection {
  if (typeof address !== 'string') return { connectionString: address[pool] };
  return { connectionString: address, options: formatOptions(getSessionSettings(pool)) };
}

/** Returns how reads from a replica connect. Their sessions are configured in the way of the pool of reads. */
export function getReplicaConnection(url: string, primary: DatabaseAddress): Connection {
  if (typeof primary !== 'string') return { connectionString: url };
  return { connectionString: url, options: formatOptions(getSessionSettings('reads')) };
}

/** Formats settings as the `options` of a connection. */
function formatOptions(settings: SessionSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

export interface Difference {
  readonly name: string;
  /** Undefined if the session has no such setting. */
  readonly found: string | undefined;
  readonly wanted: string;
}

/** Returns the first setting that differs from what is required; null if all agree. */
export function findDifference(found: SessionSettings, required: SessionSettings): Difference | null {
  const name = Object.keys(required).find((setting) => found[setting] !== required[setting]);
  return name === undefined ? null : { name, found: found[name], wanted: required[name] ?? '' };
}
