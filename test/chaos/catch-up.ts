import { becomesTrue } from '../../scripts/local/processes.ts';
import type { PrismaClient } from '../../src/platform/database/db.ts';
import { readSeatMap } from '../../src/seating/map/seat-map.sql.ts';
import type { Fault } from '../torture/cluster/inject-faults.ts';
import type { Page } from './page.ts';

/** Generous, for a loaded machine and for the faults that follow; a page that is not up to date by then is a breach. */
const WITHIN_MS = 15_000;

/** By kind of fault: how long after each the last page awake showed all that had been committed when it ended. */
export type CatchUps = Map<string, number[]>;

/**
 * The same faults, each followed by a look at how long the pages that are awake are behind. Those that wait before they
 * connect anew are not: how long is for their own jitter to say.
 */
export function timed(
  faults: readonly Fault[],
  db: PrismaClient,
  eventId: number,
  pages: readonly Page[],
  catchUps: CatchUps,
  breaches: string[],
): Fault[] {
  return faults.map((fault) => ({
    ...fault,
    async run(random) {
      await fault.run(random);
      const overAt = performance.now();
      const committed = (await readSeatMap(db, eventId))?.version ?? Infinity;
      const isBehind = (page: Page) => page.awake && (page.version ?? -1) < committed;
      if (!(await becomesTrue(() => !pages.some(isBehind), WITHIN_MS))) {
        const behind = pages.filter(isBehind).length;
        breaches.push(`${WITHIN_MS} ms after ${fault.kind}, ${behind} of the pages awake are still behind`);
      }
      const times = catchUps.get(fault.kind) ?? [];
      times.push(performance.now() - overAt);
      catchUps.set(fault.kind, times);
    },
  }));
}
