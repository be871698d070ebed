import { existsSync } from 'node:fs';
import { z } from 'zod';
import { poolNames, poolVariables, type PoolUrls } from '../database/session-settings.ts';
import type { DiskSettings } from '../service/disk-space.ts';
import { list, url } from './formats.ts';

/** Maximum number of replicas. A process has a pool for each. */
const REPLICAS_MAX = 8;

const databaseUrl = url('postgresql://user:password@host:5432/sellout', 'postgresql:', 'postgres:');

export const databaseEnvironment = {
  DATABASE_URL: databaseUrl,
  DATABASE_BATCHES_URL: databaseUrl.optional(),
  DATABASE_READS_URL: databaseUrl.optional(),
  DATABASE_WORKER_URL: databaseUrl.optional(),
  DATABASE_REPLICA_URLS: list
    .pipe(z.array(databaseUrl).max(REPLICAS_MAX, `must be at most ${REPLICAS_MAX} URLs`))
    .default([]),
  DATABASE_DISK_PATH: z
    .string()
    .refine(existsSync, 'must be an existing path on this machine, such as /var/lib/postgresql')
    .optional(),
  DATABASE_DISK_FREE_PERCENT_MIN: z.coerce.number().min(0.1).max(50).default(5),
  OUTAGE_CREDIT_SECONDS_MAX: z.coerce.number().int().min(0).max(86_400).default(900),
  READ_ONLY_BATCH_MS: z.coerce.number().int().min(100).max(8_000).default(1_500),
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns one error for each pool without an address, if another pool has one. */
export function findDatabaseFaults(given: Environment): string[] {
  const variables = poolNames.map((pool) => poolVariables[pool]);
  const missing = variables.filter((name) => given[name] === undefined);
  if (missing.length === variables.length) return []; // guard: all-pools-addressed
  return missing.map((name) => `${name}: is required, because another pool has an address of its own`);
}

/** The addresses of the database. */
export interface DatabaseConfig {
  readonly databaseUrl: string;
  /** Addresses of the pools, whose roles have the session settings. Null: all pools use `databaseUrl`. */
  readonly databasePoolUrls: PoolUrls | null;
  /** Servers of the same database from which API processes may read. */
  readonly databaseReplicaUrls: readonly string[];
  /** When a process switches writes off; service-monitor.ts. */
  readonly service: {
    /** Null: the disk of the database is not watched. */
    readonly disk: DiskSettings | null;
    /** The 95th percentile of batch durations that is too slow. */
    readonly slowBatchMs: number;
    readonly outageCreditMsMax: number;
  };
}

type DatabaseVariables = z.infer<z.ZodObject<typeof databaseEnvironment>>;

export function toDatabaseConfig(env: DatabaseVariables): DatabaseConfig {
  return {
    databaseUrl: env.DATABASE_URL,
    databasePoolUrls: toPoolUrls(env),
    databaseReplicaUrls: env.DATABASE_REPLICA_URLS,
    service: {
      disk:
        env.DATABASE_DISK_PATH === undefined
          ? null
          : { path: env.DATABASE_DISK_PATH, freePercentMin: env.DATABASE_DISK_FREE_PERCENT_MIN },
      slowBatchMs: env.READ_ONLY_BATCH_MS,
      outageCreditMsMax: env.OUTAGE_CREDIT_SECONDS_MAX * 1000,
    },
  };
}

function toPoolUrls(env: DatabaseVariables): PoolUrls | null {
  const [batches, reads, worker] = poolNames.map((pool) => env[poolVariables[pool]]);
  if (batches === undefined || reads === undefined || worker === undefined) return null;
  return { batches, reads, worker };
}
