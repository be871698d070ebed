/** Where a figure stands in a Markdown page: the first table with this column, after a text if there is one; and the row of it. */
export interface Cell {
  readonly row: string;
  readonly column: string;
  readonly after?: string;
}

export function findCell(text: string, { row, column, after }: Cell): string | undefined {
  const start = after === undefined ? 0 : text.indexOf(after);
  if (start < 0) return undefined;
  const lines = text.slice(start).split('\n').map(splitRow);
  const header = lines.findIndex((cells) => cells.includes(column));
  if (header < 0) return undefined;
  const below = lines.slice(header + 2);
  const end = below.findIndex((cells) => cells.length === 0);
  const found = below.slice(0, end < 0 ? undefined : end).find((cells) => cells[0] === row);
  return found?.[lines[header]?.indexOf(column) ?? -1];
}

/** Returns the number at the beginning of a text, such as the median of `2.1 (1.9–2.4)`, or NaN if the text has none. */
export function readNumber(text: string | undefined): number {
  return Number.parseFloat((text ?? '').replaceAll(',', ''));
}

function splitRow(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
