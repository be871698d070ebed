import { setImmediate } from 'node:timers/promises';
import { Semaphore } from '../../platform/semaphore.ts';
import { runInThread } from '../../platform/threads.ts';
import { parseSeatingPlan } from '../seating-plan/parse-plan.ts';
import type { PlanFault } from '../seating-plan/seating-plan.ts';
import { toVenueRows, type VenueRows } from './venue-rows.ts';

export type PlanRead =
  | { readonly ok: true; readonly rows: VenueRows }
  | { readonly ok: false; readonly faults: readonly PlanFault[]; readonly faultCount: number };

/** Plans of at most this size are parsed on the main thread, in less time than a worker takes to start. */
const MAIN_THREAD_CHARACTERS_MAX = 100_000;
const PLAN_WORKER = new URL('plan-worker.ts', import.meta.url);

/** Maximum number of plans that wait to be parsed. Their texts stay in memory meanwhile. */
const WAITING_MAX = 16;
/** One at a time: parsing a large plan takes a core and up to a gigabyte. */
const parsing = new Semaphore(1, WAITING_MAX);

/**
 * Parses a plan. A large one, which may take seconds, is parsed in a worker thread.
 *
 * @throws {BusyError} if too many plans wait.
 */
export async function readPlan(planJson: string): Promise<PlanRead> {
  if (planJson.length <= MAIN_THREAD_CHARACTERS_MAX) return readPlanSync(planJson);
  return parsing.run(async () => {
    // Copying tens of megabytes takes milliseconds, and so did receiving them just now: let other work run in between.
    await setImmediate();
    return runInThread<PlanRead>(PLAN_WORKER, planJson);
  });
}

export function readPlanSync(planJson: string): PlanRead {
  const parsed = parseSeatingPlan(planJson);
  return parsed.ok ? { ok: true, rows: toVenueRows(parsed.plan) } : parsed;
}
