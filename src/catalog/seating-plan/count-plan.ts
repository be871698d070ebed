import type { FaultList } from './plan-faults.ts';
import { planLimits } from './plan-limits.ts';

/**
 * Counts what the plan has before any of it is read, and reports what is too much; false then, for reading the
 * rest would only take time. A part of the wrong type counts as nothing: the reading reports that, with its path.
 */
export function checkCounts(zones: unknown[], faults: FaultList): boolean {
  if (zones.length > planLimits.zonesMax) {
    faults.add('zones', `The plan has ${zones.length} zones; at most ${planLimits.zonesMax} are allowed.`);
    return false;
  }
  const counts = { rows: 0, seats: 0, areas: 0 };
  for (const zone of zones) {
    const rows = listOf(zone, 'rows');
    counts.rows += rows.length;
    counts.areas += listOf(zone, 'areas').length;
    for (const row of rows) counts.seats += listOf(row, 'seats').length;
  }
  const { rowsMax, seatsMax, areasMax } = planLimits;
  const fits = (what: string, count: number, max: number): boolean => {
    if (count > max) faults.add('zones', `The plan has ${count} ${what}; at most ${max} are allowed.`);
    return count <= max;
  };
  const verdicts = [
    fits('rows', counts.rows, rowsMax),
    fits('seats', counts.seats, seatsMax),
    fits('areas', counts.areas, areasMax),
  ];
  if (counts.seats === 0)
    faults.add('zones', 'The plan has no seats. At least one zone must have a row with a seat.');
  return verdicts.every((fit) => fit);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The array that the value has under the key, or an empty one. */
export function listOf(value: unknown, key: string): unknown[] {
  const found = isRecord(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}
