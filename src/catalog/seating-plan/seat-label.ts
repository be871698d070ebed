import { findNameFault, isVisible } from '../names.ts';
import { planLimits } from './plan-limits.ts';

/** Parts of a seat's label. */
export interface LabelParts {
  readonly section: string;
  readonly row: string;
  readonly number: string;
  /** Text of the plan instead of "row 3"; null if it has none. */
  readonly rowLabel: string | null;
  /** Text of the plan instead of "seat 12"; null if it has none. */
  readonly seatLabel: string | null;
}

/**
 * Builds the text on a ticket, such as "Block B, row 3, seat 12", or "Parterre, row AA, AA18" with texts of the plan.
 * Omits the row or number of a seat that has none.
 */
export function formatLabel({ section, row, number, rowLabel, seatLabel }: LabelParts): string {
  const parts = [section];
  if (rowLabel !== null) parts.push(rowLabel);
  else if (row !== '') parts.push(`row ${row}`);
  if (seatLabel !== null) parts.push(seatLabel);
  else if (number !== '') parts.push(`seat ${number}`);
  return parts.join(', ');
}

/** Builds the label of a seat whose plan has no own texts. */
export function seatLabel(section: string, row: string, number: string): string {
  return formatLabel({ section, row, number, rowLabel: null, seatLabel: null });
}

/**
 * Replaces each `%s` in a plan's label for a row or seat by the number. Returns null if the label is missing or
 * invisible: then the number is printed in the default form.
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
  // The label is dropped, because a hundred placeholders would make each seat's label kilobytes long.
  return null;
}
