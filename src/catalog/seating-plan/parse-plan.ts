import { checkCounts, isRecord, listOf } from './count-plan.ts';
import { explainSyntaxError, refuseHostileJson } from './json-syntax.ts';
import { createFaultList } from './plan-faults.ts';
import type { FaultList } from './plan-faults.ts';
import { planLimits } from './plan-limits.ts';
import { planShape, readShape } from './plan-shapes.ts';
import { readCategories } from './read-categories.ts';
import { readZones } from './read-zones.ts';
import type { PlanFault, SeatingPlan } from './seating-plan.ts';

/** A plan is taken whole or refused whole. At most 100 faults are listed; `faultCount` is how many there are. */
export type PlanResult =
  { ok: true; plan: SeatingPlan } | { ok: false; faults: PlanFault[]; faultCount: number };

/**
 * Reads a seating plan from the text of a file. Never throws. Refuses more than 64 MiB of text, and what would
 * keep JSON.parse busy for long; the rest of the limits is in `planLimits`. It works synchronously: half a
 * second for 80,000 seats, at the worst a few seconds for a hostile text.
 */
export function parseSeatingPlan(text: string): PlanResult {
  // The length alone bounds the bytes from below, and is there at once.
  if (text.length > planLimits.textBytesMax || Buffer.byteLength(text) > planLimits.textBytesMax) {
    return refuse('The file is larger than 64 MiB, the maximum size of a seating plan.');
  }
  // Windows editors put a byte order mark at the front.
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

/** Checks a value that JSON.parse gave, and brings it into our own form. Never throws. */
export function validateSeatingPlan(value: unknown): PlanResult {
  const faults = createFaultList();
  const header = readShape(planShape, value, '', faults);
  const { categories, indexByName } = readCategories(listOf(value, 'categories'), faults);
  const zones = listOf(value, 'zones');
  // Without a list of zones that is the fault, not that they have no seats.
  const fits = (header === null && zones.length === 0) || checkCounts(zones, faults);
  const { seats, areas } = readZones(fits ? zones : [], hasCategories(value) ? indexByName : null, faults);
  if (header === null || faults.count() > 0) return refused(faults);
  return { ok: true, plan: { name: header.name, size: header.size, categories, areas, seats } };
}

function hasCategories(value: unknown): boolean {
  return isRecord(value) && Array.isArray(value['categories']);
}

function refuse(message: string): PlanResult {
  return { ok: false, faults: [{ path: '$', message }], faultCount: 1 };
}

function refused(faults: FaultList): PlanResult {
  return { ok: false, faults: faults.listed, faultCount: faults.count() };
}
