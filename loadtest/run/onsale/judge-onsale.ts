import type { Check } from '../report/verdict.ts';
import type { CrowdReport } from './crowd-process.ts';
import type { OnsaleReport } from './onsale-report.ts';
import { sum, type Admissions } from './sale-results.ts';

/** What a sale has left, for its conditions. */
export interface Facts {
  readonly report: OnsaleReport;
  readonly drawProblems: readonly string[];
  readonly admissions: Admissions;
}

/** Limit of the event loop's p99 lag in an interval. */
const LAG_P99_MS_MAX = 100;
/** Problems that a check lists. */
const LISTED_MAX = 3;

/** Returns the conditions of an on-sale besides those of every run. */
export function judgeOnsale(
  { report, drawProblems, admissions }: Facts,
  crowd: readonly CrowdReport[],
  limitsLatency: boolean,
): Check[] {
  const { kinds, seats, earlyClaims, people, eventLoop } = report;
  const bought = sum(kinds.map(({ seatsBought }) => seatsBought));
  const arrived = crowd.flatMap(({ people: list }) => list).length;
  const failures = crowd.flatMap((part) => Object.entries(part.failures));
  const refused = earlyClaims['ADMISSION_REQUIRED'] ?? 0;
  const tried = sum(Object.values(earlyClaims));
  const worst = Math.max(0, ...eventLoop.map(({ p99Ms }) => p99Ms));
  const checks: Check[] = [
    { what: 'the hall sold out', ok: bought === seats, found: `${bought} of ${seats} seats` },
    {
      what: 'everyone who arrived waited, but resellers over the limit of their network',
      ok: arrived === people && failures.length === 0,
      found: `${arrived} of ${people}, ${sum(crowd.map(({ turnedAway }) => turnedAway))} resellers turned away; ${listFew(
        failures.map(([what, count]) => `${count} × ${what}`),
      )}`,
    },
    {
      what: 'numbers are those of the published draw',
      ok: drawProblems.length === 0 && report.numbersCompared > 0,
      found: `${report.numbersCompared} recomputed; ${listFew(drawProblems)}`,
    },
    {
      what: 'nobody was admitted before the number was called',
      ok: admissions.count > 0 && admissions.early === 0,
      found: `${admissions.early} of ${admissions.count}`,
    },
    {
      what: 'early claims were refused',
      ok: tried > 0 && refused === tried,
      found: `${refused} of ${tried}`,
    },
  ];
  if (limitsLatency)
    checks.push({
      what: `p99 lag of the event loop below ${LAG_P99_MS_MAX} ms in every interval`,
      ok: worst < LAG_P99_MS_MAX,
      found: `${worst.toFixed(0)} ms`,
    });
  return checks;
}

function listFew(problems: readonly string[]): string {
  if (problems.length === 0) return 'no problem';
  const more = problems.length > LISTED_MAX ? ` and ${problems.length - LISTED_MAX} more` : '';
  return `${problems.slice(0, LISTED_MAX).join('; ')}${more}`;
}
