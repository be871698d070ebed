import { poolNames, poolVariables, type PoolName, type PoolUrls } from '../database/session-settings.ts';
import { url } from './formats.ts';

const databaseUrl = url('postgresql://user:password@host:5432/sellout', 'postgresql:', 'postgres:');

export const databaseEnvironment = {
  DATABASE_URL: databaseUrl,
  DATABASE_BATCHES_URL: databaseUrl.optional(),
  DATABASE_READS_URL: databaseUrl.optional(),
  DATABASE_WORKER_URL: databaseUrl.optional(),
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns one error for each pool without an address, if another pool has one. */
export function findDatabaseFaults(given: Environment): string[] {
  const variables = poolNames.map((pool) => poolVariables[pool]);
  const missing = variables.filter((name) => given[name] === undefined);
  if (missing.length === variables.length) return []; // guard: all-pools-addressed
  return missing.map((name) => `${name}: is required, because another pool has an address of its own`);
}

/** Returns the addresses of the pools; null if all pools use DATABASE_URL. */
export function toPoolUrls(env: {
  readonly [Variable in (typeof poolVariables)[PoolName]]?: string | undefined;
}): PoolUrls | null {
  const [batches, reads, worker] = poolNames.map((pool) => env[poolVariables[pool]]);
  if (batches === undefined || reads === undefined || worker === undefined) return null;
  return { batches, reads, worker };
}
