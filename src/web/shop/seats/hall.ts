import type { SeatFilter, SeatLayout, SeatSource } from '../map/contract.ts';

export interface HallRow {
  readonly name: string;
  /** Seat indexes in their order in the row. */
  readonly seats: readonly number[];
}

const rowsOf = new WeakMap<SeatLayout, readonly (readonly HallRow[])[]>();

/** Returns the seats of a section by row, in the order of the plan. A hall of 80,000 seats is grouped once. */
export function getRows(layout: SeatLayout, section: number): readonly HallRow[] {
  const known = rowsOf.get(layout) ?? groupRows(layout);
  rowsOf.set(layout, known);
  return known[section] ?? [];
}

function groupRows(layout: SeatLayout): HallRow[][] {
  const sections = new Map<number, Map<string, number[]>>();
  layout.section.forEach((section, index) => {
    const rows = sections.get(section) ?? new Map<string, number[]>();
    sections.set(section, rows);
    const name = layout.row[index] ?? '';
    const row = rows.get(name);
    if (row === undefined) rows.set(name, [index]);
    else row.push(index);
  });
  return Array.from({ length: Math.max(0, ...sections.keys()) + 1 }, (_, section) =>
    [...(sections.get(section) ?? [])].map(([name, seats]) => ({ name, seats })),
  );
}

export function matchesTier(layout: SeatLayout, filter: SeatFilter, index: number): boolean {
  const tier = layout.tier[index] ?? 0;
  if (filter.tiers !== null && !filter.tiers.has(tier)) return false;
  return isAffordable(layout, filter, tier);
}

/** Returns whether the price limit of a filter allows a tier. */
export function isAffordable(
  { tiers }: Pick<SeatLayout, 'tiers'>,
  { amountMax }: SeatFilter,
  tier: number,
): boolean {
  return amountMax === null || (tiers[tier]?.amount ?? 0) <= amountMax;
}

/** Returns the free seats of a row that match the filter, including the number of seats together. */
export function findFreeSeats(
  { layout, seats }: { readonly layout: SeatLayout; readonly seats: Pick<SeatSource, 'statusOf'> },
  row: HallRow,
  filter: SeatFilter,
): Set<number> {
  const found = new Set<number>();
  let run: number[] = [];
  const endRun = () => {
    if (run.length >= filter.together) for (const index of run) found.add(index);
    run = [];
  };
  for (const index of row.seats) {
    const previous = run.at(-1);
    if (previous !== undefined && !areNeighbors(layout, previous, index)) endRun();
    if (seats.statusOf(index) === 'AVAILABLE' && matchesTier(layout, filter, index)) run.push(index);
    else endRun();
  }
  endRun();
  return found;
}

/** Two seats that follow each other in the plan are neighbors unless an aisle of two seats' width lies between. */
function areNeighbors({ x, y }: SeatLayout, one: number, other: number): boolean {
  if (Math.abs(one - other) !== 1) return false;
  const step = (from: number, to: number) =>
    Math.hypot((x[from] ?? 0) - (x[to] ?? 0), (y[from] ?? 0) - (y[to] ?? 0));
  const before = step(one - 1, one);
  const gap = step(one, other);
  return !(before > 0 && gap > before * 1.6);
}

/** Returns the nearest free seats of the same tier that are not excluded, the nearest one first. */
export function findNearestFree(
  { layout, seats }: { readonly layout: SeatLayout; readonly seats: SeatSource },
  index: number,
  excluded: ReadonlySet<number>,
  count: number,
): number[] {
  const nearest: { readonly other: number; readonly distance: number }[] = [];
  const { x, y, tier } = layout;
  for (let other = 0; other < layout.seatIds.length; other++) {
    if (tier[other] !== tier[index] || excluded.has(other) || seats.statusOf(other) !== 'AVAILABLE') continue;
    const distance = Math.hypot((x[other] ?? 0) - (x[index] ?? 0), (y[other] ?? 0) - (y[index] ?? 0));
    if (distance >= (nearest[count - 1]?.distance ?? Infinity)) continue;
    nearest.push({ other, distance });
    nearest.sort((a, b) => a.distance - b.distance);
    nearest.length = Math.min(nearest.length, count);
  }
  return nearest.map(({ other }) => other);
}

/**
 * Returns the tier that a buyer with a filter means by the best seats: the most expensive one that matches and has enough free
 * seats. Null if all tiers match, because the server then compares all seats.
 */
export function chooseBestTier(
  { tiers }: Pick<SeatLayout, 'tiers'>,
  freeByTier: ArrayLike<number>,
  { tiers: wanted, amountMax, together }: SeatFilter,
): number | null {
  const matching = tiers
    .map(({ amount }, tier) => ({ tier, amount }))
    .filter(({ tier, amount }) => (wanted?.has(tier) ?? true) && (amountMax === null || amount <= amountMax))
    .toSorted((a, b) => b.amount - a.amount);
  if (matching.length === tiers.length) return null;
  const found = matching.find(({ tier }) => (freeByTier[tier] ?? 0) >= together) ?? matching[0];
  return found?.tier ?? null;
}
