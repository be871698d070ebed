/** The shape of every hall in a torture run. The driver builds it, and the checker needs its rows and tiers. */
export const SEATS_PER_ROW = 10;

/** The rows take the tiers in turn. */
export const TIERS = [
  { name: 'Stalls', amount: 4_900 },
  { name: 'Circle', amount: 2_900 },
] as const;

export function tierOf(seat: number): number {
  return Math.floor(seat / SEATS_PER_ROW) % TIERS.length;
}
