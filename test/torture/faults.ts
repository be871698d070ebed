import { setTimeout as delay } from 'node:timers/promises';
import { sql } from '../../src/platform/db.ts';
import type { CommitCut } from '../support/tcp-proxy.ts';
import type { ApiNode, Cluster } from './cluster.ts';
import type { Random } from './random.ts';
import type { ServerProcess } from './server-process.ts';

/** How many of each kind were injected. */
export type FaultCounts = Map<string, number>;

interface Fault {
  readonly kind: string;
  readonly weight: number;
  /** What it makes unusable: no two faults at one thing at the same time. */
  readonly target: string;
  run(random: Random): Promise<void>;
}

const LANES = 2;

/** Injects faults until told to stop, and resolves when all of them are undone. */
export async function injectFaults(
  cluster: Cluster,
  random: Random,
  stop: AbortSignal,
  counts: FaultCounts,
  log: (line: string) => void = () => {},
): Promise<void> {
  const faults = faultsOf(cluster);
  const busy = new Set<string>();
  const lane = async (choices: Random) => {
    while (!stop.aborted) {
      await pause(choices.whole(200, 1_200), stop);
      const fault = choices.weighted(faults.map((fault) => [fault.weight, fault] as const));
      if (stop.aborted || busy.has(fault.target)) continue;
      busy.add(fault.target);
      counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
      log(`${new Date().toISOString()} ${fault.target}: ${fault.kind}`);
      try {
        await fault.run(choices.fork());
      } finally {
        log(`${new Date().toISOString()} ${fault.target}: over`);
        busy.delete(fault.target);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, () => lane(random.fork())));
}

function faultsOf(cluster: Cluster): Fault[] {
  return [
    ...cluster.nodes.flatMap((node) => nodeFaults(node)),
    ...processFaults('worker', cluster.worker, 'worker', 3),
    {
      kind: 'PostgreSQL restarted (immediate)',
      weight: 2,
      target: 'postgres',
      run: () => cluster.restartPostgres(),
    },
    {
      kind: 'backends terminated',
      weight: 6,
      target: 'postgres',
      run: (random) => terminateBackends(cluster, random.pick([1, 2, 5, 20])),
    },
    {
      kind: 'Redis killed',
      weight: 3,
      target: 'redis',
      async run(random) {
        await cluster.killRedis();
        await delay(random.whole(0, 2_500));
        await cluster.startRedisAgain();
      },
    },
  ];
}

function nodeFaults({ name, server, proxy }: ApiNode): Fault[] {
  const cut = (where: CommitCut): Fault => ({
    kind: `connection cut ${where} COMMIT`,
    weight: 4,
    target: `proxy ${name}`,
    run: async (random) => {
      const cutsBefore = proxy.commitsCut;
      proxy.cutCommits(where, random.whole(1, 3));
      await delay(random.whole(100, 800));
      proxy.cutCommits(where, 0);
      if (proxy.commitsCut === cutsBefore) proxy.cutAll();
    },
  });
  return [
    ...processFaults('API', server, `node ${name}`, 5),
    cut('before'),
    cut('amid'),
    cut('after'),
    {
      kind: 'all connections of a node cut',
      weight: 3,
      target: `proxy ${name}`,
      run: () => Promise.resolve(void proxy.cutAll()),
    },
  ];
}

function processFaults(what: string, server: ServerProcess, target: string, weight: number): Fault[] {
  return [
    {
      kind: `${what} killed`,
      weight,
      target,
      async run(random) {
        await server.kill();
        await delay(random.whole(0, 1_000));
        await server.start();
      },
    },
    {
      kind: `${what} frozen`,
      weight,
      target,
      async run(random) {
        server.freeze();
        await delay(random.chance(0.5) ? random.whole(100, 1_500) : random.whole(2_000, 6_000));
        server.thaw();
      },
    },
  ];
}

/** What of our sessions is there; while PostgreSQL is away there is nothing to terminate. */
async function terminateBackends(cluster: Cluster, count: number): Promise<void> {
  await cluster.database.worker
    .$queryRaw(
      sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'sellout%' AND pid <> pg_backend_pid()
        ORDER BY random() LIMIT ${count}`,
    )
    .catch(() => {});
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: stop }).catch((error: unknown) => {
    if (!stop.aborted) throw error;
  });
}
