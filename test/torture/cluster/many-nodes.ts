import { getFaultName } from '../../chaos/cluster/all-faults.ts';
import { mend, type ClusterFaultKind } from '../../chaos/cluster/cluster-fault.ts';
import { ScratchCluster } from '../../chaos/cluster/scratch-cluster.ts';
import { pause } from '../../support/pause.ts';
import type { Fault } from './inject-faults.ts';
import type { System } from './system.ts';

/** How long a fault lasts after another node has taken over. */
const LASTS_MS = { least: 200, most: 2_000 };

/**
 * Starts the cluster of `npm run cluster`. Clients are at its address and at each API process.
 *
 * @throws if this machine can have none of the wanted faults.
 */
export async function startManyNodes(
  report: (line: string) => void,
  wanted: readonly ClusterFaultKind[],
): Promise<System> {
  const scratch = await ScratchCluster.start({ report, faults: wanted });
  const possible = wanted.filter((kind) => scratch.faults.includes(kind));
  if (possible.length === 0)
    throw new Error(`nothing can fail here: ${scratch.findLeftOut(wanted).join('; ')}`);
  const { cluster, database } = scratch.parts;
  const { apis } = cluster;
  const breaches: string[] = [];
  return {
    nodes: [
      { name: 'balancer', server: { url: cluster.url } },
      ...apis.map((node) => ({
        name: node.name,
        server: {
          get url() {
            return node.isRunning ? `http://127.0.0.1:${node.port}` : null;
          },
        },
      })),
    ],
    database,
    errors: new Map(),
    faults: possible.map((kind) => toFault(kind, scratch, breaches, report)),
    get promotions() {
      return cluster.postgres.supervisor.promotions;
    },
    start: async () => void (await Promise.all(apis.map((node) => node.heal()))),
    async stop() {
      const found = [
        ...breaches.splice(0).map((what) => ({ rule: 'cluster', what })),
        ...scratch.findEnded().map((what) => ({ rule: 'I12', what })),
      ];
      const running = apis.filter((node) => node.isRunning);
      await Promise.all(running.map((node) => node.stop()));
      const broken = running.filter((node) => !node.endedInOrder);
      return [
        ...found,
        ...broken.map(({ name }) => ({ rule: 'I13', what: `${name} did not stop with status 0` })),
      ];
    },
    async [Symbol.asyncDispose]() {
      report(scratch.readLogs());
      await scratch[Symbol.asyncDispose]();
    },
  };
}

/** One strikes at a time: the cluster is whole before the next. */
function toFault(
  kind: ClusterFaultKind,
  { parts }: ScratchCluster,
  breaches: string[],
  report: (line: string) => void,
): Fault {
  return {
    kind: getFaultName(kind).replaceAll('-', ' '),
    weight: 1,
    target: 'cluster',
    async run(random, stop) {
      const fault = await kind({ ...parts, random, breaches });
      // What does not happen in time is a finding, and the other faults can find more.
      const attempt = async (work: () => Promise<void>, isExcused = () => false) => {
        try {
          await work();
        } catch (error) {
          const failure = `${fault.kind}: ${error instanceof Error ? error.message : String(error)}`;
          if (isExcused()) report(`excused, because the clients had ended: ${failure}`);
          else breaches.push(failure);
        }
      };
      await attempt(
        async () => {
          await fault.strike();
          await fault.takeover();
          await pause(random.whole(LASTS_MS.least, LASTS_MS.most));
        },
        () => stop.aborted,
      );
      await attempt(() => mend(fault, parts.cluster));
    },
  };
}
