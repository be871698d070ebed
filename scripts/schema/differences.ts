/** Lines kept around each difference, so that one sees where it is. */
const CONTEXT = 3;

/** What tells two texts apart, line by line: `- ` only in the first, `+ ` only in the second. Empty: nothing. */
export function differences(first: string, second: string): string[] {
  const a = first.split('\n');
  const b = second.split('\n');
  const common = commonLengths(a, b);
  const lines: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i]}`);
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1))) {
      lines.push(`- ${a[i++]}`);
    } else {
      lines.push(`+ ${b[j++]}`);
    }
  }
  const changed = lines.flatMap((line, at) => (line.startsWith('  ') ? [] : [at]));
  return lines.filter((_line, at) => changed.some((other) => Math.abs(other - at) <= CONTEXT));
}

/** For each pair of places, how many lines the rests from there on have in common, in order. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i];
    if (row === undefined) continue;
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] =
        a[i] === b[j]
          ? lengthAt(lengths, i + 1, j + 1) + 1
          : Math.max(lengthAt(lengths, i + 1, j), lengthAt(lengths, i, j + 1));
    }
  }
  return lengths;
}

function lengthAt(lengths: readonly Uint16Array[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
