import { waitUntil } from '../../scripts/local/processes.ts';
import type { PrismaClient } from '../../src/platform/database/db.ts';
import { readSeatMap } from '../../src/seating/map/seat-map.sql.ts';
import type { Fault } from '../torture/cluster/inject-faults.ts';
import type { Page } from './page.ts';

/**
 * Generous, because the machine may be loaded and further faults follow. A page that is not up to date by then is a
 * breach.
 */
const WITHIN_MS = 15_000;

/**
 * By kind of fault: the times after which all reading pages showed everything that was committed when the fault ended.
 */
export type CatchUps = Map<string, number[]>;

/**
 * Wraps faults so that each is followed by a measurement of how long reading pages take to catch up. Pages that wait
 * before they reconnect are left out, since their jitter decides how long they take.
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
    async run(random, stop) {
      await fault.run(random, stop);
      const overAt = performance.now();
      const committed = (await readSeatMap(db, eventId))?.version ?? Infinity;
      const isBehind = (page: Page) => page.awake && (page.version ?? -1) < committed;
      if (!(await waitUntil(() => !pages.some(isBehind), WITHIN_MS))) {
        const behind = pages.filter(isBehind).length;
        breaches.push(`${WITHIN_MS} ms after ${fault.kind}, ${behind} reading pages are still behind`);
      }
      const times = catchUps.get(fault.kind) ?? [];
      times.push(performance.now() - overAt);
      catchUps.set(fault.kind, times);
    },
  }));
}
