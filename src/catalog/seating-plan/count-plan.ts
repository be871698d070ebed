import type { FaultList } from './plan-faults.ts';
import { planLimits } from './plan-limits.ts';

/**
 * Counts the zones, rows, seats and areas before they are read. Returns false if there are too many, so that the caller
 * does not read them. A part of the wrong type counts as empty; reading it reports the fault with its path.
 */
export function checkCounts(zones: unknown[], faults: FaultList): boolean {
  if (zones.length > planLimits.zonesMax) {
    faults.add('zones', `The plan has ${zones.length} zones; at most ${planLimits.zonesMax} are allowed.`);
    return false;
  }
  const counts = { rows: 0, seats: 0, areas: 0 };
  for (const zone of zones) {
    const rows = getArray(zone, 'rows');
    counts.rows += rows.length;
    counts.areas += getArray(zone, 'areas').length;
    for (const row of rows) counts.seats += getArray(row, 'seats').length;
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

/** Returns the array under the key, or an empty one. */
export function getArray(value: unknown, key: string): unknown[] {
  const found = isRecord(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}
