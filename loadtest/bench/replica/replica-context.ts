import path from 'node:path';
import pg from 'pg';
import type { Postgres } from '../../../scripts/local/postgres/postgres.ts';
import { waitUntil } from '../../../scripts/local/processes.ts';
import { createContext, type AppContext } from '../../../src/main/context.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { startStandby } from '../../../test/support/services/start-standby.ts';
import { createArena, type Arena } from '../arena.ts';
import { createEnvironment } from '../environment.ts';
import { ServerProcess } from '../server-process.ts';
import { startServices, type BenchServices } from '../services.ts';
import type { ReplicaReport } from './replica-server.ts';

export const SERVER = new URL('./replica-server.ts', import.meta.url);
/** Seats of each event. */
export const SEATS = 20_000;
/** Events whose pages and maps are read. */
export const EVENTS = 16;
const CAUGHT_UP_WITHIN_MS = 60_000;

/** A primary with a standby, and two API processes: one reads from the primary only. */
export interface ReplicaContext {
  readonly services: BenchServices;
  readonly standby: Postgres;
  readonly arena: Arena;
  readonly app: AppContext;
  readonly env: Readonly<Record<string, string>>;
  readonly primaryOnly: ServerProcess;
  readonly withReplica: ServerProcess;
}

export async function startReplica(stack: AsyncDisposableStack): Promise<ReplicaContext> {
  const services = stack.use(await startServices());
  const standby = await startStandby({
    primary: { folder: services.postgresFolder, url: services.postgres.url },
    folder: path.join(services.folder, 'standby'),
    slot: 'bench',
    durable: true,
  });
  stack.defer(() => standby.stop('immediate'));
  const env = createEnvironment(services);
  const app = await createContext(loadConfig(env));
  stack.defer(() => app.close());
  const arena = stack.use(await createArena(services.postgres.url, SEATS));
  const startServer = async (settings: Record<string, string>) => {
    const server = await ServerProcess.start(SERVER, [], { ...env, ...settings });
    stack.defer(() => server.stop());
    return server;
  };
  const primaryOnly = await startServer({});
  const withReplica = await startServer({ DATABASE_REPLICA_URLS: standby.url });
  return { services, standby, arena, app, env, primaryOnly, withReplica };
}

/** Waits until the standby has applied everything, and the process with a replica uses it. */
export async function requireCaughtUp({
  services,
  standby,
  withReplica,
}: Pick<ReplicaContext, 'services' | 'standby' | 'withReplica'>): Promise<void> {
  const [primary, replica] = [services.postgres.url, standby.url].map(
    (connectionString) => new pg.Client({ connectionString }),
  );
  if (primary === undefined || replica === undefined) throw new Error('no client');
  await Promise.all([primary.connect(), replica.connect()]);
  try {
    const { rows } = await primary.query<{ position: string }>(
      'SELECT pg_current_wal_flush_lsn() AS position',
    );
    const hasApplied = async () => {
      const { rows: found } = await replica.query<{ reached: boolean }>(
        'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS reached',
        [rows[0]?.position],
      );
      if (found[0]?.reached !== true) return false;
      return (await withReplica.ask<ReplicaReport>('replica')).states[0] === 'usable';
    };
    if (!(await waitUntil(hasApplied, CAUGHT_UP_WITHIN_MS))) throw new Error('the standby did not catch up');
  } finally {
    await Promise.all([primary.end(), replica.end()]);
  }
}
