import type { LayoutTier } from '../map/contract.ts';

/** Positions in the palette of styles/tokens.css (Okabe and Ito), which color-blind people can tell apart. */
const COLORS = 8;

/** Returns a position in the palette for each tier, by price: the most expensive tier has the first color. */
export function getTierColors(tiers: readonly LayoutTier[]): number[] {
  const byPrice = tiers
    .map((_, tier) => tier)
    .sort((a, b) => (tiers[b]?.amount ?? 0) - (tiers[a]?.amount ?? 0));
  const colors: number[] = [];
  byPrice.forEach((tier, rank) => (colors[tier] = rank % COLORS));
  return colors;
}
