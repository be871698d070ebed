import { waitUntil } from '../../scripts/local/processes.ts';
import { createHall } from '../support/hall.ts';
import { startBuyers } from '../torture/buyers/buyers.ts';
import { startCluster, type Cluster } from '../torture/cluster/cluster.ts';
import { injectFaults, type FaultCounts } from '../torture/cluster/inject-faults.ts';
import { closeConnections } from '../torture/buyers/post-json.ts';
import { Random } from '../torture/random.ts';
import { timed, type CatchUps } from './catch-up.ts';
import type { ChaosResult } from './chaos-result.ts';
import { countResponses, runCrowd } from './crowd/crowd.ts';
import { chaosFaults } from './faults.ts';
import { Ledger, readSold } from './crowd/ledger.ts';
import { checkMaps, openPages } from './maps.ts';
import { MemoryReader, memoryProbe } from './memory.ts';
import { readSubscribers, SkippedConsumers } from './node-counters.ts';
import type { Page } from './page.ts';
import { judgeRun } from './verdict.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly pages: number;
  /** Receives the server logs and each fault. */
  readonly log?: (line: string) => void;
}

const HALL = { rows: 30, seatsPerRow: 40, seatLimit: 30, holdTtlMs: 1_500 };
export const BUYERS = 24;
const FATES = { release: 40, lapse: 25, sale: 0, return: 35 };
/** Nodes ping every 12 s and wait this long for the answer, so that they drop a dead line after 24 s. */
const STUCK_SECONDS = 10;
const LET_GO_WITHIN_MS = 60_000;

/** Keeps pages open on two nodes while buyers crowd the hall and everything in between fails. Then checks every map. */
export async function runChaos({ seed, seconds, pages: count, log }: ChaosOptions): Promise<ChaosResult> {
  const random = new Random(seed);
  const reader = new MemoryReader();
  await using cluster = await startCluster({
    env: { ...memoryProbe, READER_STUCK_SECONDS: String(STUCK_SECONDS) },
    onLog(name, line) {
      reader.hear(name, line);
      log?.(`${name} ${JSON.stringify(line)}`);
    },
  });
  const db = cluster.database.reads;
  const hall = await createHall(db, HALL);
  await db.event.update({ where: { id: hall.eventId }, data: { buyersMayCancel: true } });
  const [spared] = cluster.nodes;
  if (spared === undefined) throw new Error('there is no node');
  const choices = random.fork();
  const url = () => anyNode(cluster, choices);
  // Clients connect again forever, so that the process would not end after an error.
  await using clients = new AsyncDisposableStack();
  clients.defer(closeConnections);
  const pages = await openPages(count, { ...hall, url }, clients);
  const buyers = await startBuyers(spared.server.url ?? '', BUYERS);

  const breaches: string[] = [];
  const faults: FaultCounts = new Map();
  const catchUps: CatchUps = new Map();
  const stop = AbortSignal.timeout(seconds * 1_000);
  const skipped = new SkippedConsumers(cluster.nodes);
  const kinds = chaosFaults(cluster, pages, skipped, breaches);
  const ledger = new Ledger();
  const [, , memory] = await Promise.all([
    runCrowd({ ...hall, buyers, random: random.fork(), stop, url, ledger, fates: FATES }),
    injectFaults(timed(kinds, db, hall.eventId, pages, catchUps, breaches), random.fork(), stop, faults, log),
    reader.leastByQuarter(spared, seconds),
  ]);

  const { version, rightAfterMs } = await checkMaps(db, hall.eventId, pages, breaches);
  const subscribers = async () => readSubscribers(cluster.nodes);
  if (!(await waitUntil(async () => (await subscribers()) === pages.length, LET_GO_WITHIN_MS)))
    breaches.push(
      `the nodes have ${await subscribers()} subscribers, though only ${pages.length} pages are open`,
    );
  await skipped.read();
  breaches.push(...ledger.compare(await readSold(db, hall.eventId)));
  for (const { server } of [...cluster.nodes, { server: cluster.worker }])
    breaches.push(...server.unexpectedExits);
  const sum = (of: (page: Page) => number) => pages.reduce((total, page) => total + of(page), 0);
  const run = {
    seconds,
    faults,
    requests: countResponses(ledger.responses),
    confirmed: ledger.confirmed,
    catchUps,
    version,
    messages: sum(({ seen }) => seen.messages),
    snapshots: sum(({ seen }) => seen.snapshots),
    resumed: sum(({ seen }) => seen.resumed),
    skipped: skipped.total,
    connections: sum(({ connections }) => connections),
    memory,
    rightAfterMs,
  };
  return { ...run, breaches: [...breaches, ...judgeRun(run)] };
}

/** Picks a node as a load balancer does. Null if no node runs. */
function anyNode(cluster: Cluster, random: Random): string | null {
  const urls = cluster.nodes.flatMap(({ server }) => server.url ?? []);
  return urls.length === 0 ? null : random.pick(urls);
}
