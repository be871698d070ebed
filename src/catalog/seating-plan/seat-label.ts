import { findNameFault, isVisible } from '../names.ts';
import { planLimits } from './plan-limits.ts';

/** What a seat's label is made of. */
export interface LabelParts {
  readonly section: string;
  readonly row: string;
  readonly number: string;
  /** The plan's own words instead of "row 3" and "seat 12"; null where it has none. */
  readonly rowLabel: string | null;
  readonly seatLabel: string | null;
}

/**
 * Returns what a ticket says: "Block B, row 3, seat 12", or "Parterre, row AA, AA18" if the plan words it so. A seat
 * without a row or a number has no such part.
 */
export function printLabel({ section, row, number, rowLabel, seatLabel }: LabelParts): string {
  const parts = [section];
  if (rowLabel !== null) parts.push(rowLabel);
  else if (row !== '') parts.push(`row ${row}`);
  if (seatLabel !== null) parts.push(seatLabel);
  else if (number !== '') parts.push(`seat ${number}`);
  return parts.join(', ');
}

/** Returns the label of a seat whose plan has no words of its own. */
export function seatLabel(section: string, row: string, number: string): string {
  return printLabel({ section, row, number, rowLabel: null, seatLabel: null });
}

/**
 * Puts a number into a plan's label for a row or a seat, wherever it says `%s`. Returns null for no label, and for one
 * with nothing to see: what is printed then is made of the number.
 */
export function fillLabel(
  template: string | null | undefined,
  number: string,
  onTooLong: () => void,
): string | null {
  if (template == null || template === '') return null;
  const label = template.split('%s').join(number);
  if (findNameFault(label, planLimits.labelLengthMax, 0) === null) return isVisible(label) ? label : null;
  onTooLong(); // guard: seat-label-length
  // Not kept: a hundred placeholders would make kilobytes of each seat's label.
  return null;
}
