/**
 * Returns the last words of names that tell them apart: "Block 101" and "Floor A1" become "101" and "A1". Words are left out only if
 * another name starts with the same ones.
 */
export function shortenNames(names: readonly string[]): string[] {
  const words = names.map((name) => name.split(' '));
  const longest = Math.max(0, ...words.map(({ length }) => length));
  for (let kept = 1; kept < longest; kept++) {
    const short = words.map((own) => own.slice(-kept).join(' '));
    const omitted = words.map((own) => own.slice(0, -kept).join(' ')).filter((start) => start !== '');
    const areShared = omitted.every((start) => omitted.indexOf(start) !== omitted.lastIndexOf(start));
    if (areShared && new Set(short).size === names.length) return short;
  }
  return [...names];
}
