import type { Cluster } from '../../../scripts/cluster/cluster.ts';
import { waitUntil } from '../../../scripts/local/processes.ts';
import type { PrismaClient } from '../../../src/platform/database/db.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { pause } from '../../support/pause.ts';
import type { Ledger, Response } from '../crowd/ledger.ts';
import type { Page } from '../page.ts';
import { mend, type ClusterFault } from './cluster-fault.ts';
import { Stopwatch } from './stopwatch.ts';

/**
 * Limit for a page: from the first acknowledged booking after a failover until it shows all that is committed. Without the
 * time in which the machine did not let this process run.
 */
const PAGES_RIGHT_WITHIN_MS = 2_000;
/** Limit for clients: from the end of a failover until the last response that is an error. */
const ERRORS_END_WITHIN_MS = 15_000;
/** Errors have ended if none came for this long, and bookings did. */
const CALM_MS = 2_000;
/** How long late pages and bookings are waited for, so that the report has their time. */
const PATIENCE_MS = 30_000;
const READ_AGAIN_MS = 50;

/** What was measured around one fault, in milliseconds. */
export interface StrikeResult {
  readonly kind: string;
  /** From the fault until another node had taken over. */
  readonly takeoverMs: number;
  /** Longest time without an acknowledged booking. */
  readonly outageMs: number;
  /** From the first acknowledged booking after the takeover until all pages were right. */
  readonly pagesRightMs: number;
  /** The same from when the cluster was whole again. */
  readonly pagesRightAgainMs: number;
  readonly errors: number;
  /** From the takeover until the last error; 0 if there was none after it. */
  readonly errorsEndedMs: number;
}

export interface StrikeContext {
  readonly cluster: Cluster;
  readonly db: PrismaClient;
  readonly eventId: number;
  readonly pages: readonly Page[];
  readonly ledger: Ledger;
  readonly breaches: string[];
  readonly log?: (line: string) => void;
}

/** Lets a fault strike, judges how buyers and pages get over it, and mends it. */
export async function strike(fault: ClusterFault, ctx: StrikeContext): Promise<StrikeResult> {
  const { ledger, breaches, pages, log } = ctx;
  const startedAt = performance.now();
  await fault.strike();
  await fault.takeover();
  const tookOverAt = performance.now();
  const booked = () => ledger.responses.findLast(({ kind }) => kind === 'booking')?.answeredAtMs ?? 0;
  if (!(await waitUntil(() => booked() > tookOverAt, PATIENCE_MS)))
    breaches.push(`${fault.kind}: no booking within ${PATIENCE_MS} ms of the takeover`);
  const pagesRightMs = await waitForPages(`after ${fault.kind}`, ctx);
  const errorsEndedMs = await waitForCalm(fault.kind, tookOverAt, ctx);
  const during = ledger.responses.filter(({ answeredAtMs }) => answeredAtMs >= startedAt);
  const outageMs = longestOutageMs(ledger, startedAt);
  await mend(fault, ctx.cluster);
  const pagesRightAgainMs = await waitForPages(`after the end of ${fault.kind}`, ctx);
  log?.(`${fault.kind}: subscriptions ended: ${countEnds(pages, startedAt)}`);
  return {
    kind: fault.kind,
    takeoverMs: tookOverAt - startedAt,
    outageMs,
    pagesRightMs,
    pagesRightAgainMs,
    errors: during.filter(({ kind }) => kind === 'error').length,
    errorsEndedMs,
  };
}

/** Returns how long it takes until all pages are live and show what is committed at this moment. */
async function waitForPages(when: string, { db, eventId, pages, breaches }: StrikeContext): Promise<number> {
  const watch = new Stopwatch();
  const committed = await readCommittedVersion(db, eventId);
  const isBehind = (page: Page) => !page.awake || (page.version ?? -1) < committed;
  await waitUntil(() => !pages.some(isBehind), PATIENCE_MS);
  const { elapsedMs, countedMs } = watch;
  if (countedMs > PAGES_RIGHT_WITHIN_MS)
    breaches.push(
      `${when}, pages were right only after ${countedMs.toFixed(0)} ms; ${pages.filter(isBehind).length} still are not`,
    );
  return elapsedMs;
}

/** Reads the version of the event. Repeats the read while it fails: a connection of the pool may have ended with a server. */
async function readCommittedVersion(db: PrismaClient, eventId: number): Promise<number> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return (await readSeatMap(db, eventId))?.version ?? Infinity;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await pause(READ_AGAIN_MS);
    }
  }
}

/** Returns how long after the takeover the last error came. */
async function waitForCalm(
  kind: string,
  tookOverAt: number,
  { ledger, breaches }: StrikeContext,
): Promise<number> {
  const lastError = () => {
    const last = ledger.responses.findLast((response) => response.kind === 'error');
    return Math.max(tookOverAt, last?.answeredAtMs ?? 0);
  };
  const isCalm = () => {
    const from = Math.max(lastError(), performance.now() - CALM_MS);
    const isQuiet = performance.now() - lastError() > CALM_MS;
    const isBooked = ({ kind: what, answeredAtMs }: Response) => what === 'booking' && answeredAtMs > from;
    return isQuiet && ledger.responses.some(isBooked);
  };
  const isOver = await waitUntil(isCalm, PATIENCE_MS);
  const endedMs = lastError() - tookOverAt;
  if (!isOver) breaches.push(`${kind}: errors do not end`);
  else if (endedMs > ERRORS_END_WITHIN_MS)
    breaches.push(`${kind}: the last error came ${endedMs.toFixed(0)} ms after the takeover`);
  return endedMs;
}

function longestOutageMs(ledger: Ledger, fromMs: number): number {
  const times = ledger.responses
    .filter(({ kind, answeredAtMs }) => kind === 'booking' && answeredAtMs >= fromMs)
    .map(({ answeredAtMs }) => answeredAtMs);
  const gaps = [...times, performance.now()].map((time, i) => time - (times[i - 1] ?? fromMs));
  return Math.max(0, ...gaps);
}

/** Returns why subscriptions have ended since then, and how often one page had to begin again. */
function countEnds(pages: readonly Page[], fromMs: number): string {
  const ends = pages.map(({ seen }) => seen.ends.filter(({ atMs }) => atMs >= fromMs));
  const reasons = [...Map.groupBy(ends.flat(), ({ reason }) => reason)];
  const most = Math.max(...ends.map(({ length }) => length));
  return [
    `at most ${most} of a page`,
    ...reasons.map(([reason, { length }]) => `${length} × ${reason}`),
  ].join(', ');
}
