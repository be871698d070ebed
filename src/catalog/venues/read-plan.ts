import { setImmediate } from 'node:timers/promises';
import { oneAtATime, runInThread } from '../../platform/threads.ts';
import { parseSeatingPlan } from '../seating-plan/parse-plan.ts';
import type { PlanFault } from '../seating-plan/seating-plan.ts';
import { venueRows, type VenueRows } from './venue-rows.ts';

export type PlanRead =
  | { readonly ok: true; readonly rows: VenueRows }
  | { readonly ok: false; readonly faults: readonly PlanFault[]; readonly faultCount: number };

/** A plan of this size is read within some milliseconds, sooner than a thread would begin. */
const AT_ONCE_CHARACTERS_MAX = 100_000;
const PLAN_WORKER = new URL('plan-worker.ts', import.meta.url);

/** Plans that wait to be read; their texts are in memory meanwhile. */
const WAITING_MAX = 16;
/** Each takes a core, and up to a gigabyte. */
const inTurn = oneAtATime(WAITING_MAX);

/**
 * Reads a plan where it keeps nobody else waiting: a large one, which takes up to seconds, in a thread of its own.
 *
 * @throws {BusyError} where too many wait already.
 */
export async function readPlan(planJson: string): Promise<PlanRead> {
  if (planJson.length <= AT_ONCE_CHARACTERS_MAX) return readPlanAtOnce(planJson);
  return inTurn(async () => {
    // Copying tens of megabytes takes milliseconds too, and so did taking them from the request, just now.
    await setImmediate();
    return runInThread<PlanRead>(PLAN_WORKER, planJson);
  });
}

export function readPlanAtOnce(planJson: string): PlanRead {
  const parsed = parseSeatingPlan(planJson);
  return parsed.ok ? { ok: true, rows: venueRows(parsed.plan) } : parsed;
}
