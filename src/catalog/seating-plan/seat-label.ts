/**
 * What a ticket says: "Block B, row 3, seat 12". Where a plan gives a seat no row or no number, that part is
 * left out.
 */
export function seatLabel(section: string, row: string, number: string): string {
  const parts = [section];
  if (row !== '') parts.push(`row ${row}`);
  if (number !== '') parts.push(`seat ${number}`);
  return parts.join(', ');
}
