import type { AuditReport } from '../../../src/booking/audit/audit.ts';
import type { WatchersReport } from '../watch/watchers-process.ts';

/** The parts of k6's end-of-test summary that the runner reads. */
export interface K6Summary {
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly values: Readonly<Record<string, number>>;
        readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
      }
    >
  >;
}

/** One condition of a run. */
export interface Check {
  readonly what: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
}

export interface Findings {
  readonly summary: K6Summary;
  readonly watchers: Omit<WatchersReport, 'broadcasts'>;
  /** Bookings that clients were told of and those in the database, if both are known. */
  readonly bookings: { readonly acknowledged: number; readonly stored: number } | null;
  /** Null if the database could not be read. */
  readonly audit: Pick<AuditReport, 'breaches'> | null;
  /** Resident memory of the API in MiB during the run, at regular intervals. */
  readonly memoryMib: readonly number[];
}

/** Exit status of a run with a failed check. k6 itself exits with it after a breached threshold. */
const BREACHED = 99;

/** Runs shorter than this many looks at the memory are not judged, because caches still fill. */
const MEMORY_LOOKS_MIN = 300;
const MEMORY_GROWTH_MIB_MAX = 64;

/** Returns the conditions of a run, failed ones included. */
export function judge({ summary, watchers, bookings, audit, memoryMib }: Findings): Check[] {
  const checks = listThresholds(summary);
  const none = (what: string, count: number, of: string) =>
    checks.push({ what, ok: count === 0, found: `${count} of ${of}` });
  if (watchers.sockets > 0) {
    none('no gap in a map', watchers.gaps, `${watchers.messages} messages`);
    none('every watcher shows the final map', watchers.wrongMaps, `${watchers.sockets} wrong`);
    none('no socket was closed', watchers.closed, `${watchers.sockets} closed`);
  }
  if (bookings !== null) {
    const { acknowledged, stored } = bookings;
    const found = `${acknowledged} acknowledged, ${stored} stored`;
    checks.push({ what: 'clients know of every booking', ok: acknowledged === stored, found });
  }
  if (audit !== null) {
    const found = audit.breaches === 0 ? 'no breach' : `${audit.breaches} breaches`;
    checks.push({ what: 'audit', ok: audit.breaches === 0, found });
  }
  if (memoryMib.length >= MEMORY_LOOKS_MIN) checks.push(judgeMemory(memoryMib));
  return checks;
}

export function getExitStatus(checks: readonly Check[]): 0 | 99 {
  return checks.every(({ ok }) => ok) ? 0 : BREACHED;
}

/** Leaves out the latency of requests that the scenario never sends, which k6 reports as 0. */
function listThresholds({ metrics }: K6Summary): Check[] {
  return Object.entries(metrics).flatMap(([metric, { values, thresholds = {} }]) =>
    Object.entries(thresholds).flatMap(([condition, { ok }]) => {
      if (condition.startsWith('p(') && values['count'] === 0) return [];
      const value = values[/^[\w()]+/.exec(condition)?.[0] ?? ''];
      return {
        what: `${metric}: ${condition}`,
        ok,
        found: value === undefined ? 'no sample' : formatValue(value),
      };
    }),
  );
}

/** Compares the least memory of the second quarter with that of the last, so that garbage hardly counts. */
function judgeMemory(memoryMib: readonly number[]): Check {
  const quarter = Math.floor(memoryMib.length / 4);
  const least = (from: number) => Math.min(...memoryMib.slice(from, from + quarter));
  const [before, after] = [least(quarter), least(3 * quarter)];
  const found = `${before.toFixed(0)} MiB, then ${after.toFixed(0)} MiB`;
  return { what: 'memory of the API is flat', ok: after - before <= MEMORY_GROWTH_MIB_MAX, found };
}

function formatValue(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
