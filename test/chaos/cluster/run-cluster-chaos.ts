import type { Cluster } from '../../../scripts/cluster/cluster.ts';
import { waitUntil } from '../../../scripts/local/processes.ts';
import { createHall } from '../../support/hall.ts';
import { pause } from '../../support/pause.ts';
import { runToEnd } from '../../support/processes/run-to-end.ts';
import { startBuyers } from '../../torture/buyers/buyers.ts';
import { closeConnections } from '../../torture/buyers/post-json.ts';
import { Random } from '../../torture/random.ts';
import { BUYERS } from '../chaos.ts';
import { countResponses, runCrowd } from '../crowd/crowd.ts';
import { Ledger, readSold } from '../crowd/ledger.ts';
import { checkMaps, openPages } from '../maps.ts';
import type { ClusterFaultKind } from './cluster-fault.ts';
import type { ScratchCluster } from './scratch-cluster.ts';
import { readStarvedMs } from './stopwatch.ts';
import { strike, type StrikeResult } from './strike.ts';

/** Larger than the hall of one machine: a share of the bookings stays confirmed. */
const HALL = { rows: 50, seatsPerRow: 80, seatLimit: 400, holdTtlMs: 1_500 };
const FATES = { release: 35, lapse: 20, sale: 15, return: 30 };
const WORKS_WITHIN_MS = 30_000;
const BETWEEN_MS = { least: 300, most: 1_500 };

export interface ClusterChaosOptions {
  readonly seed: number;
  readonly pages: number;
  /** Each happens once. */
  readonly faults: readonly ClusterFaultKind[];
  readonly log?: (line: string) => void;
}

export interface ClusterChaosResult {
  readonly breaches: readonly string[];
  readonly strikes: readonly StrikeResult[];
  /** Requests that clients had to repeat, by result. */
  readonly repeated: ReadonlyMap<string, number>;
  readonly confirmed: number;
  readonly version: number;
  readonly messages: number;
  readonly seconds: number;
  /** Share of the time in which the machine did not let buyers and pages run. */
  readonly starvedShare: number;
}

/** Keeps pages open and buyers at work while one fault follows the other. Then checks everything. */
export async function runClusterChaos(
  scratch: ScratchCluster,
  { seed, pages: count, faults, log }: ClusterChaosOptions,
): Promise<ClusterChaosResult> {
  const startedAt = performance.now();
  const starvedBefore = readStarvedMs();
  const random = new Random(seed);
  const { cluster, database } = scratch.parts;
  const db = database.reads;
  const url = () => cluster.url;
  const hall = await createHall(db, HALL);
  await db.event.update({ where: { id: hall.eventId }, data: { buyersMayCancel: true } });
  await using clients = new AsyncDisposableStack();
  clients.defer(closeConnections);
  const pages = await openPages(count, { ...hall, url }, clients);
  const buyers = await startBuyers(url(), BUYERS);

  const ledger = new Ledger();
  const breaches: string[] = [];
  const strikes: StrikeResult[] = [];
  const stopping = new AbortController();
  const { signal: stop } = stopping;
  const crowd = runCrowd({ ...hall, buyers, random: random.fork(), stop, url, ledger, fates: FATES });
  try {
    if (!(await waitUntil(() => ledger.confirmed > 0, WORKS_WITHIN_MS)))
      throw new Error(`no booking was confirmed in ${WORKS_WITHIN_MS} ms, before anything failed`);
    const ctx = {
      cluster,
      db,
      eventId: hall.eventId,
      pages,
      ledger,
      breaches,
      ...(log === undefined ? {} : { log }),
    };
    for (const kind of shuffle(faults, random)) {
      await pause(random.whole(BETWEEN_MS.least, BETWEEN_MS.most));
      const fault = await kind({ ...scratch.parts, random, breaches });
      log?.(`${new Date().toISOString()} ${fault.kind}`);
      strikes.push(await strike(fault, ctx));
      log?.(`${new Date().toISOString()} ${fault.kind}: over`);
    }
  } finally {
    stopping.abort();
    await crowd;
  }
  const { version } = await checkMaps(db, hall.eventId, pages, breaches);
  breaches.push(...ledger.compare(await readSold(db, hall.eventId)));
  breaches.push(...(await audit(cluster)));
  breaches.push(...scratch.findEnded());
  return {
    breaches,
    strikes,
    repeated: countResponses(ledger.responses.filter(({ kind }) => kind === 'error')),
    confirmed: ledger.confirmed,
    version,
    messages: pages.reduce((sum, { seen }) => sum + seen.messages, 0),
    seconds: (performance.now() - startedAt) / 1_000,
    starvedShare: (readStarvedMs() - starvedBefore) / (performance.now() - startedAt),
  };
}

/** Runs `npm run audit`. */
async function audit(cluster: Cluster): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runToEnd(['scripts/audit.ts'], {
    DATABASE_URL: cluster.postgres.url,
    ...cluster.redis.env,
  });
  return code === 0 ? [] : [`the audit ended with ${code}:\n${stdout}${stderr}`];
}

function shuffle(kinds: readonly ClusterFaultKind[], random: Random): readonly ClusterFaultKind[] {
  return kinds
    .map((kind) => ({ kind, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ kind }) => kind);
}
