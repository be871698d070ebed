import { checkCounts, getArray, isRecord } from './count-plan.ts';
import { explainSyntaxError, refuseHostileJson } from './json-syntax.ts';
import { createFaultList } from './plan-faults.ts';
import type { FaultList } from './plan-faults.ts';
import { planLimits } from './plan-limits.ts';
import { planShape, readShape } from './plan-shapes.ts';
import { readCategories } from './read-categories.ts';
import { readZones } from './read-zones.ts';
import type { PlanFault, SeatingPlan } from './seating-plan.ts';

/** A valid plan, or its faults: at most 100 in `faults`, their total number in `faultCount`. */
export type PlanResult =
  { ok: true; plan: SeatingPlan } | { ok: false; faults: PlanFault[]; faultCount: number };

/**
 * Parses and checks the text of a seating plan file. Never throws. Rejects texts over 64 MiB and texts that would
 * occupy JSON.parse for long; `planLimits` has the other limits. Synchronous: takes half a second for 80,000 seats, and
 * at most a few seconds for a hostile text.
 */
export function parseSeatingPlan(text: string): PlanResult {
  // The length is a lower bound of the bytes and costs nothing.
  if (text.length > planLimits.textBytesMax || Buffer.byteLength(text) > planLimits.textBytesMax) {
    return refuse('The file is larger than 64 MiB, the maximum size of a seating plan.');
  }
  // Windows editors add a byte order mark.
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const hostile = refuseHostileJson(json);
  if (hostile !== null) return refuse(hostile);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return refuse(explainSyntaxError(json, error));
  }
  return validateSeatingPlan(value);
}

/** Checks a value from JSON.parse and converts it. Never throws. */
export function validateSeatingPlan(value: unknown): PlanResult {
  const faults = createFaultList();
  const header = readShape(planShape, value, '', faults);
  const { categories, indexByName } = readCategories(getArray(value, 'categories'), faults);
  const zones = getArray(value, 'zones');
  // If the list of zones is missing, that is the fault, not the lack of seats.
  const fits = (header === null && zones.length === 0) || checkCounts(zones, faults);
  const { seats, areas } = readZones(fits ? zones : [], hasCategories(value) ? indexByName : null, faults);
  if (header === null || faults.count() > 0) return toRefusal(faults);
  return { ok: true, plan: { name: header.name, size: header.size, categories, areas, seats } };
}

function hasCategories(value: unknown): boolean {
  return isRecord(value) && Array.isArray(value['categories']);
}

function refuse(message: string): PlanResult {
  return { ok: false, faults: [{ path: '$', message }], faultCount: 1 };
}

function toRefusal(faults: FaultList): PlanResult {
  return { ok: false, faults: faults.listed, faultCount: faults.count() };
}
