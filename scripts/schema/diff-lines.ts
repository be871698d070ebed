/** Number of unchanged lines shown around each difference. */
const CONTEXT = 3;

/** Returns a line diff: `- ` marks lines of the first text, `+ ` lines of the second. Empty if the texts are equal. */
export function diffLines(first: string, second: string): string[] {
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

/** Computes the length of the longest common subsequence of lines for each pair of suffixes. */
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
