/** Returns the names without the words that all of them start with: "Block 101" becomes "101". */
export function shortenNames(names: readonly string[]): string[] {
  const words = names.map((name) => name.split(' '));
  const isCommon = (at: number) =>
    words.length > 1 && words.every((own) => own.length > at + 1 && own[at] === words[0]?.[at]);
  let common = 0;
  while (isCommon(common)) common++;
  return words.map((own) => own.slice(common).join(' '));
}
