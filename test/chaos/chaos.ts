import { becomesTrue } from '../../scripts/local/processes.ts';
import { readSeatMap } from '../../src/seating/seat-map.sql.ts';
import { createHall } from '../support/hall.ts';
import { pause } from '../support/pause.ts';
import { startBuyers } from '../torture/buyers.ts';
import { startCluster, type ApiNode, type Cluster } from '../torture/cluster.ts';
import { injectFaults, type FaultCounts } from '../torture/inject-faults.ts';
import { closeConnections } from '../torture/post-json.ts';
import { Random } from '../torture/random.ts';
import { timed, type CatchUps } from './catch-up.ts';
import { runCrowd, type CrowdCounts } from './crowd.ts';
import { chaosFaults } from './faults.ts';
import { MemoryReader, memoryProbe, type Memory } from './memory.ts';
import { Page } from './page.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly pages: number;
  /** Gets what the servers log, and each fault. */
  readonly log?: (line: string) => void;
}

export interface ChaosResult {
  /** What must not be: wrong maps, messages that did not connect, processes that ended. */
  readonly breaches: readonly string[];
  readonly faults: FaultCounts;
  readonly requests: CrowdCounts;
  readonly catchUps: CatchUps;
  readonly version: number;
  readonly messages: number;
  readonly snapshots: number;
  readonly resumed: number;
  readonly connections: number;
  /** Of the node that nobody kills, after each quarter of the time. */
  readonly memory: readonly Memory[];
  /** From the last fault to the last right map. */
  readonly rightAfterMs: number;
}

const HALL = { rows: 30, seatsPerRow: 40, seatLimit: 30, holdTtlMs: 1_500 };
const BUYERS = 24;
const RIGHT_WITHIN_MS = 60_000;

/** Pages open on two nodes while buyers crowd the hall and everything between the two breaks; then: are they right? */
export async function runChaos({ seed, seconds, pages: count, log }: ChaosOptions): Promise<ChaosResult> {
  const random = new Random(seed);
  const reader = new MemoryReader();
  await using cluster = await startCluster({
    env: memoryProbe,
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
  const pages = Array.from(
    { length: count },
    () => new Page({ ...hall, url: () => anyNode(cluster, choices) }),
  );
  const buyers = await startBuyers(spared.server.url ?? '', BUYERS);
  const allOpen = await becomesTrue(() => pages.every(({ version }) => version !== null), RIGHT_WITHIN_MS);
  if (!allOpen) throw new Error('the pages do not open');

  const faults: FaultCounts = new Map();
  const catchUps: CatchUps = new Map();
  const stop = AbortSignal.timeout(seconds * 1_000);
  const [requests, , memory] = await Promise.all([
    runCrowd({
      ...hall,
      buyers,
      random: random.fork(),
      stop,
      url: () => anyNode(cluster, choices),
    }),
    injectFaults(
      timed(chaosFaults(cluster, pages), db, hall.eventId, pages, catchUps),
      random.fork(),
      stop,
      faults,
      log,
    ),
    readAtQuarters(reader, spared, seconds),
  ]);

  const breaches: string[] = [];
  const quietFrom = performance.now();
  await becomesTrue(async () => await allRight(cluster, hall.eventId, pages), RIGHT_WITHIN_MS);
  const rightAfterMs = performance.now() - quietFrom;
  const truth = await readSeatMap(db, hall.eventId);
  const wanted = truth?.states.toBase64();
  for (const [i, page] of pages.entries()) {
    if (page.version !== truth?.version || page.states !== wanted)
      breaches.push(`page ${i} shows version ${page.version}, not ${truth?.version}`);
    breaches.push(...page.seen.faults.map((fault) => `page ${i} was sent ${fault}`));
  }
  const end = await reader.read(spared);
  await Promise.all(pages.map((page) => page.close()));
  closeConnections();
  for (const { server } of [...cluster.nodes, { server: cluster.worker }]) breaches.push(...server.unasked);
  const sum = (of: (page: Page) => number) => pages.reduce((total, page) => total + of(page), 0);
  return {
    breaches,
    faults,
    requests,
    catchUps,
    version: truth?.version ?? 0,
    messages: sum(({ seen }) => seen.messages),
    snapshots: sum(({ seen }) => seen.snapshots),
    resumed: sum(({ seen }) => seen.resumed),
    connections: sum(({ connections }) => connections),
    memory: [...memory, end],
    rightAfterMs,
  };
}

async function readAtQuarters(reader: MemoryReader, node: ApiNode, seconds: number): Promise<Memory[]> {
  const read: Memory[] = [];
  for (let quarter = 1; quarter < 4; quarter++) {
    await pause(seconds * 250);
    read.push(await reader.read(node));
  }
  return read;
}

/** As a balancer chooses. Null while no node is there. */
function anyNode(cluster: Cluster, random: Random): string | null {
  const urls = cluster.nodes.flatMap(({ server }) => server.url ?? []);
  return urls.length === 0 ? null : random.pick(urls);
}

/** No hold is left to lapse, and every page shows what the database has. */
async function allRight(cluster: Cluster, eventId: number, pages: readonly Page[]): Promise<boolean> {
  const db = cluster.database.reads;
  if ((await db.booking.count({ where: { eventId, status: 'HOLD' } })) > 0) return false;
  const map = await readSeatMap(db, eventId);
  return pages.every(({ version }) => version === map?.version);
}
