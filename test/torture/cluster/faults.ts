import { sql } from '../../../src/platform/database/db.ts';
import { pause } from '../../support/pause.ts';
import type { ServerProcess } from '../../support/processes/server-process.ts';
import type { CommitCut } from '../../support/proxies/tcp-proxy.ts';
import type { ApiNode, Cluster } from './cluster.ts';
import type { Fault } from './inject-faults.ts';

/** Returns the faults of processes, connections and servers. */
export function tortureFaults(cluster: Cluster): Fault[] {
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
    redisRestarts(cluster, 3),
  ];
}

/** A restart empties Redis. */
export function redisRestarts(cluster: Cluster, weight: number): Fault {
  return {
    kind: 'Redis killed and started again',
    weight,
    target: 'redis',
    async run(random) {
      await cluster.killRedis();
      await pause(random.whole(0, 2_500));
      await cluster.startRedisAgain();
    },
  };
}

function nodeFaults({ name, server, proxy, redisProxy }: ApiNode): Fault[] {
  const cut = (where: CommitCut): Fault => ({
    kind: `connection cut ${where} COMMIT`,
    weight: 4,
    target: `proxy ${name}`,
    run: async (random) => {
      const cutsBefore = proxy.commitsCut;
      proxy.cutCommits(where, random.whole(1, 3));
      await pause(random.whole(100, 800));
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
    {
      kind: 'what a node says to Redis delayed',
      weight: 3,
      target: `redis of ${name}`,
      async run(random) {
        redisProxy.stalled = true;
        await pause(random.whole(100, 4_000));
        redisProxy.stalled = false;
      },
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
        await pause(random.whole(0, 1_000));
        await server.start();
      },
    },
    {
      kind: `${what} frozen`,
      weight,
      target,
      async run(random) {
        server.freeze();
        await pause(random.chance(0.5) ? random.whole(100, 1_500) : random.whole(2_000, 6_000));
        server.thaw();
      },
    },
  ];
}

/** Terminates sessions of the servers. There are none while PostgreSQL is down. */
async function terminateBackends(cluster: Cluster, count: number): Promise<void> {
  await cluster.database.worker
    .$queryRaw(
      sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'sellout%' AND pid <> pg_backend_pid()
        ORDER BY random() LIMIT ${count}`,
    )
    .catch(() => {});
}
