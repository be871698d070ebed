import { waitUntil } from '../../scripts/local/processes.ts';
import { readSeatMap } from '../../src/seating/map/seat-map.sql.ts';
import { createHall } from '../support/hall.ts';
import { startBuyers } from '../torture/buyers/buyers.ts';
import { startCluster, type Cluster } from '../torture/cluster/cluster.ts';
import { injectFaults, type FaultCounts } from '../torture/cluster/inject-faults.ts';
import { closeConnections } from '../torture/buyers/post-json.ts';
import { Random } from '../torture/random.ts';
import { timed, type CatchUps } from './catch-up.ts';
import type { ChaosResult } from './chaos-result.ts';
import { runCrowd } from './crowd.ts';
import { chaosFaults } from './faults.ts';
import { MemoryReader, memoryProbe } from './memory.ts';
import { readCounters } from './node-counters.ts';
import { Page } from './page.ts';
import { judgeRun } from './verdict.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly pages: number;
  /** Receives the server logs and each fault. */
  readonly log?: (line: string) => void;
}

const HALL = { rows: 30, seatsPerRow: 40, seatLimit: 30, holdTtlMs: 1_500 };
const BUYERS = 24;
const RIGHT_WITHIN_MS = 60_000;
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
  const pages = await Promise.all(Array.from({ length: count }, () => Page.open({ ...hall, url })));
  const buyers = await startBuyers(spared.server.url ?? '', BUYERS);
  const allOpen = await waitUntil(() => pages.every(({ version }) => version !== null), RIGHT_WITHIN_MS);
  if (!allOpen) throw new Error('the pages do not open');

  const breaches: string[] = [];
  const faults: FaultCounts = new Map();
  const catchUps: CatchUps = new Map();
  const stop = AbortSignal.timeout(seconds * 1_000);
  const kinds = chaosFaults(cluster, pages, breaches);
  const [requests, , memory] = await Promise.all([
    runCrowd({ ...hall, buyers, random: random.fork(), stop, url }),
    injectFaults(timed(kinds, db, hall.eventId, pages, catchUps, breaches), random.fork(), stop, faults, log),
    reader.leastByQuarter(spared, seconds),
  ]);

  const { version, rightAfterMs } = await afterQuiet(cluster, hall.eventId, pages, breaches);
  const { skipped } = await readCounters(cluster.nodes);
  await Promise.all(pages.map((page) => page.close()));
  closeConnections();
  for (const { server } of [...cluster.nodes, { server: cluster.worker }])
    breaches.push(...server.unexpectedExits);
  const sum = (of: (page: Page) => number) => pages.reduce((total, page) => total + of(page), 0);
  const run = {
    seconds,
    faults,
    requests,
    catchUps,
    version,
    messages: sum(({ seen }) => seen.messages),
    snapshots: sum(({ seen }) => seen.snapshots),
    resumed: sum(({ seen }) => seen.resumed),
    skipped,
    connections: sum(({ connections }) => connections),
    memory,
    rightAfterMs,
  };
  return { ...run, breaches: [...breaches, ...judgeRun(run)] };
}

/** Waits for quiet. Then every map must be correct, and the nodes must have no subscribers except the pages. */
async function afterQuiet(cluster: Cluster, eventId: number, pages: readonly Page[], breaches: string[]) {
  const quietFrom = performance.now();
  await waitUntil(async () => await allRight(cluster, eventId, pages), RIGHT_WITHIN_MS);
  const rightAfterMs = performance.now() - quietFrom;
  const truth = await readSeatMap(cluster.database.reads, eventId);
  const wanted = truth?.states.encode();
  for (const [i, page] of pages.entries()) {
    if (page.version !== truth?.version || page.states !== wanted)
      breaches.push(`page ${i} shows version ${page.version}, not ${truth?.version}`);
    breaches.push(...page.seen.faults.map((fault) => `page ${i} received ${fault}`));
  }
  const subscribers = async () => (await readCounters(cluster.nodes)).subscribers;
  if (!(await waitUntil(async () => (await subscribers()) === pages.length, LET_GO_WITHIN_MS)))
    breaches.push(
      `the nodes have ${await subscribers()} subscribers, though only ${pages.length} pages are open`,
    );
  return { version: truth?.version ?? 0, rightAfterMs };
}

/** Picks a node as a load balancer does. Null if no node runs. */
function anyNode(cluster: Cluster, random: Random): string | null {
  const urls = cluster.nodes.flatMap(({ server }) => server.url ?? []);
  return urls.length === 0 ? null : random.pick(urls);
}

/** Waits until no hold is overdue and every page shows what the database has. */
async function allRight(cluster: Cluster, eventId: number, pages: readonly Page[]): Promise<boolean> {
  const db = cluster.database.reads;
  if ((await db.booking.count({ where: { eventId, status: 'HOLD' } })) > 0) return false;
  const map = await readSeatMap(db, eventId);
  return pages.every(({ version }) => version === map?.version);
}
