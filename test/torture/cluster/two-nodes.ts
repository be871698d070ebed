import { startCluster, type ClusterOptions } from './cluster.ts';
import { tortureFaults } from './faults.ts';
import type { System } from './system.ts';

/** Starts two API processes and a worker, with one PostgreSQL and one Redis. */
export async function startTwoNodes(options: ClusterOptions): Promise<System> {
  const cluster = await startCluster(options);
  const { nodes, worker, database, errors } = cluster;
  return {
    nodes,
    database,
    errors,
    faults: tortureFaults(cluster),
    promotions: 0,
    async start() {
      const stopped = nodes.filter(({ server }) => server.url === null);
      await Promise.all(stopped.map(({ server }) => server.start()));
    },
    async stop() {
      const breaches: { rule: string; what: string }[] = [];
      for (const { name, server } of nodes) {
        try {
          await server.stop();
        } catch (error) {
          breaches.push({ rule: 'I13', what: `${name}: ${String(error)}` });
          await server.kill();
        }
      }
      for (const server of [...nodes.map((node) => node.server), worker]) {
        for (const how of server.unexpectedExits.splice(0)) breaches.push({ rule: 'I12', what: how });
      }
      return breaches;
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
