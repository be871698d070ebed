import { median } from './measure.ts';

/** Returns a Markdown table with padded columns. All but the first column are aligned to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) =>
    Math.max(title.length, 3, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const cell = (text: string, i: number) =>
    i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0);
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

export function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '–';
}

/** What differs by less from zero is a rounding error. */
const ZERO_MAX = 1e-9;

/** Formats a number with about three significant digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) < ZERO_MAX) return '0.0';
  return value >= 100 ? whole(value) : value.toPrecision(value >= 10 ? 3 : 2);
}

function times(value: number): string {
  return Number.isFinite(value) ? `${short(value)}×` : '–';
}

/** Formats the median of ratios and, if they differ, the least and the greatest: `2.1× (1.9–2.4)`. */
export function ratioAndSpread(ratios: readonly number[]): string {
  return withSpread(times(median(ratios)), ratios);
}

/** Formats the median of values and, if they differ, the least and the greatest. */
export function medianAndSpread(values: readonly number[]): string {
  return withSpread(short(median(values)), values);
}

function withSpread(middle: string, values: readonly number[]): string {
  const [least, most] = [short(Math.min(...values)), short(Math.max(...values))];
  return least === most ? middle : `${middle} (${least}–${most})`;
}

/** A figure that a benchmark is to reach. */
export interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** Formats goals as a list, each with what was measured. */
export function listGoals(goals: readonly Goal[]): string {
  return goals
    .map(
      ({ goal, measured, isMet }) =>
        `- Goal: ${goal}. Measured: ${measured}, ${isMet ? 'met' : '**missed**'}.`,
    )
    .join('\n');
}
