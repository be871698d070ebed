import { allFaults } from '../chaos/cluster/all-faults.ts';
import type { ClusterFaultKind } from '../chaos/cluster/cluster-fault.ts';
import { startBuyers } from './buyers/buyers.ts';
import type { Breach } from './check/breach.ts';
import { checkHistory } from './check/check-history.ts';
import { runClients } from './buyers/clients.ts';
import { injectFaults, type FaultCounts } from './cluster/inject-faults.ts';
import { createHalls, type HallHistory } from './hall-history.ts';
import { startManyNodes } from './cluster/many-nodes.ts';
import { quiesce } from './cluster/quiesce.ts';
import type { System } from './cluster/system.ts';
import { startTwoNodes } from './cluster/two-nodes.ts';
import { Random } from './random.ts';
import { readRecord } from './check/read-record.ts';
import { Tally } from './tally.ts';
import { Watcher } from './cluster/watcher.ts';

export interface TortureOptions {
  /** Seed of the first round. Each further round adds one. */
  readonly seed: number;
  /** Duration of all rounds together. */
  readonly seconds: number;
  readonly roundSeconds: number;
  readonly faults: boolean;
  /** The cluster of `npm run cluster`, whose nodes fail, instead of two API processes. */
  readonly onCluster?: boolean;
  /** The faults of the cluster; all that this machine can have by default. */
  readonly clusterFaults?: readonly ClusterFaultKind[];
  readonly clients: number;
  readonly report: (line: string) => void;
  /** Receives the server logs and each fault. */
  readonly log?: (line: string) => void;
}

export interface TortureResult {
  readonly tally: Tally;
  readonly faults: FaultCounts;
  /** How many standbys became the primary. */
  readonly promotions: number;
  readonly breaches: readonly (Breach & { readonly seed: number })[];
  /** Errors in the server logs, with their counts. */
  readonly errors: ReadonlyMap<string, number>;
}

const BUYERS = 14;
const WATCHED_HALLS = 4;
/** More than clients can use up in a second. The last hall lasts until the end of the round. */
const HALLS_PER_SECOND = 0.8;

/** Runs rounds of clients, faults, quiet and checks on one cluster until the time is over. */
export async function runTorture(options: TortureOptions): Promise<TortureResult> {
  const { log } = options;
  const report = (line: string) => log?.(line);
  await using system = await (options.onCluster === true
    ? startManyNodes(report, options.clusterFaults ?? allFaults)
    : startTwoNodes({ onLog: (name, line) => report(`${name} ${JSON.stringify(line)}`) }));
  const tally = new Tally();
  const faults: FaultCounts = new Map();
  const breaches: (Breach & { seed: number })[] = [];
  const overAt = performance.now() + options.seconds * 1_000;
  for (let seed = options.seed; performance.now() < overAt || seed === options.seed; seed++) {
    const before = { attempts: tally.attempts, startedAt: performance.now() };
    const found = await runRound(system, { ...options, seed }, tally, faults);
    breaches.push(...found.map((breach) => ({ ...breach, seed })));
    const seconds = ((performance.now() - before.startedAt) / 1_000).toFixed(1);
    const promoted = options.onCluster === true ? `, ${system.promotions} promotions so far` : '';
    options.report(
      `seed ${seed}: ${tally.attempts - before.attempts} attempts in ${seconds} s, ${found.length} breaches${promoted}`,
    );
    for (const { rule, eventId, what } of found.slice(0, 20))
      options.report(`  BREACH of ${rule} in event ${eventId}: ${what}`);
  }
  return { tally, faults, promotions: system.promotions, breaches, errors: system.errors };
}

async function runRound(
  system: System,
  options: TortureOptions,
  tally: Tally,
  faults: FaultCounts,
): Promise<Breach[]> {
  const random = new Random(options.seed);
  await system.start();
  const buyers = await startBuyers(system.nodes[0]?.server.url ?? '', BUYERS);
  const hallCount = Math.ceil(options.roundSeconds * HALLS_PER_SECOND) + 1;
  const halls = await createHalls(system.database.reads, hallCount, random.fork());
  const watchers = halls
    .slice(0, WATCHED_HALLS)
    .flatMap(({ eventId, seatCount }) => system.nodes.map((node) => new Watcher(node, eventId, seatCount)));
  await using watching = new AsyncDisposableStack();
  for (const watcher of watchers) watching.defer(async () => void (await watcher.stop()));
  const stop = AbortSignal.timeout(options.roundSeconds * 1_000);
  const clients = {
    nodes: system.nodes,
    buyers,
    halls,
    random: random.fork(),
    count: options.clients,
    stop,
  };
  await Promise.all([
    runClients(clients),
    options.faults ? injectFaults(system.faults, random.fork(), stop, faults, options.log) : undefined,
  ]);
  const quietFrom = performance.now();
  const breaches = await quiesce(system, halls, watchers);
  options.report(
    `  seed ${options.seed}: quiet after ${((performance.now() - quietFrom) / 1_000).toFixed(1)} s`,
  );
  for (const hall of halls) breaches.push(...(await judge(system, hall, tally)));
  return breaches;
}

async function judge(system: System, hall: HallHistory, tally: Tally): Promise<Breach[]> {
  if (hall.attempts.length === 0) return [];
  const record = await readRecord(system.database.reads, hall.eventId);
  tally.add(hall.attempts, record);
  return checkHistory(hall.attempts, record);
}
