import { parseSeatingPlan, validateSeatingPlan } from '../../../src/catalog/seating-plan/parse-plan.ts';
import type { PlanFileZone, SeatingPlanFile } from '../../../src/catalog/seating-plan/plan-file.ts';
import type { PlanFault, SeatingPlan } from '../../../src/catalog/seating-plan/seating-plan.ts';

export function zone(name: string, rowCount = 2, seatCount = 3): PlanFileZone {
  const rows = Array.from({ length: rowCount }, (_, row) => ({
    row_number: String(row + 1),
    position: { x: 5, y: row * 40 },
    seats: Array.from({ length: seatCount }, (_unused, seat) => ({
      seat_guid: `${name}-${row + 1}-${seat + 1}`,
      seat_number: String(seat + 1),
      position: { x: seat * 25, y: 0.1 },
      category: seat === 0 ? 'Best' : 'Good',
    })),
  }));
  return { name, position: { x: 1000, y: 0.2 }, rows };
}

export function planFile(): SeatingPlanFile {
  const categories = [{ name: 'Best', color: '#ff0000' }, { name: 'Good' }];
  return {
    name: 'Hall',
    size: { width: 2000, height: 500 },
    categories,
    zones: [zone('Left'), zone('Right')],
  };
}

/** Applies a change that the type of the file may not allow. */
// oxlint-disable-next-line typescript/no-explicit-any -- the point is to break the type
export function broken(change: (file: any) => void): unknown {
  const file = structuredClone(planFile());
  change(file);
  return file;
}

export function getFaults(value: unknown): PlanFault[] {
  const result = validateSeatingPlan(value);
  return result.ok ? [] : result.faults;
}

export function getPlan(text: string): SeatingPlan {
  const result = parseSeatingPlan(text);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.plan;
}
