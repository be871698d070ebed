/** The three connection pools of a process. None can starve another. */
export type PoolName = 'batches' | 'reads' | 'worker';

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
 * Returns the settings of each session of a pool, in the units of `pg_settings`. `client_min_messages` lets the warning through that a COMMIT stopped
 * waiting for a standby.
 */
export function getSessionSettings(pool: PoolName): Readonly<Record<string, string>> {
  const timeouts = Object.entries(sessionTimeoutsMs).map(([name, ms]) => [name, String(ms)]);
  const planner = pool === 'reads' ? [] : plansByKey.map((name) => [name, 'off']);
  // guard: unreplicated-commit-reported
  const others = [['client_min_messages', 'warning'], ['jit', 'off'], ...planner];
  return Object.fromEntries([...timeouts, ...others]) as Record<string, string>;
}

/** Formats settings as the `options` of a connection. */
export function formatOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
