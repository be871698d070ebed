import { useMemo } from 'react';
import type { SeatFilter, SeatLayout, SeatSource } from '../map/contract.ts';
import { findFreeSeats, getRows, isAffordable } from './hall.ts';
import type { SeatStore, SeatSummary } from './seat-store.ts';

type Seats = Pick<SeatSource, 'statusOf'> & { readonly layout: SeatLayout };

/** Free seats by section and tier: the number of a tier in a section is at `section * tiers + tier`. */
type SectionTiers = Int32Array;

/** The numbers of free seats that match what the buyer looks for. */
export interface FreeCounts {
  /** By section. */
  readonly bySection: readonly SectionFree[];
  /** By tier, as if the buyer had chosen no tier. */
  readonly byTier: readonly number[];
}

interface SectionFree {
  readonly free: number;
  /** Lowest price among them; null if there are none. */
  readonly amountMin: number | null;
}

/** Counts the free seats that match the filter. `free` has all free seats. */
export function countFree(seats: Seats, free: SectionTiers, filter: SeatFilter): FreeCounts {
  const { tiers, sections } = seats.layout;
  const anyTier = countMatching(seats, free, { ...filter, tiers: null });
  // A row may have several tiers: without some of them, fewer of its seats are side by side.
  const wanted = filter.tiers === null ? anyTier : countMatching(seats, free, filter);
  return {
    bySection: sections.map((_, section) => summarize(seats.layout, wanted, section)),
    byTier: tiers.map((_, tier) =>
      sections.reduce((sum, _name, section) => sum + (anyTier[section * tiers.length + tier] ?? 0), 0),
    ),
  };
}

export function useFreeCounts(store: SeatStore, summary: SeatSummary, filter: SeatFilter): FreeCounts {
  // The summary changes at most twice a second, and with every change of the status of a seat.
  return useMemo(() => countFree(store, summary.free, filter), [store, summary, filter]);
}

function countMatching(seats: Seats, free: SectionTiers, filter: SeatFilter): SectionTiers {
  const { layout } = seats;
  const { length } = layout.tiers;
  if (filter.together <= 1) {
    return free.map((count, position) => {
      const tier = position % length;
      const matches = (filter.tiers?.has(tier) ?? true) && isAffordable(layout, filter, tier);
      return matches ? count : 0;
    });
  }
  const counts = new Int32Array(free.length);
  layout.sections.forEach((_, section) => {
    for (const row of getRows(layout, section)) {
      for (const index of findFreeSeats({ layout, seats }, row, filter)) {
        const position = section * length + (layout.tier[index] ?? 0);
        counts[position] = (counts[position] ?? 0) + 1;
      }
    }
  });
  return counts;
}

function summarize({ tiers }: SeatLayout, counts: SectionTiers, section: number): SectionFree {
  let free = 0;
  let amountMin: number | null = null;
  tiers.forEach(({ amount }, tier) => {
    const count = counts[section * tiers.length + tier] ?? 0;
    if (count === 0) return;
    free += count;
    amountMin = Math.min(amountMin ?? Infinity, amount);
  });
  return { free, amountMin };
}
