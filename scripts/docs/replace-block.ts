/**
 * Replaces the text between the markers `<!-- NAME -->` and `<!-- /NAME -->` of a Markdown page.
 *
 * @throws {Error} if the page does not have exactly one pair of them.
 */
export function replaceBlock(page: string, name: string, text: string): string {
  const [before, inside, after, ...more] = page.split(new RegExp(`<!-- /?${name} -->`));
  const [opening, closing] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const isPair = page.indexOf(opening) >= 0 && page.indexOf(opening) < page.indexOf(closing);
  if (before === undefined || inside === undefined || after === undefined || more.length > 0 || !isPair)
    throw new Error(`The page must have one pair of markers ${opening} … ${closing}.`);
  return `${before}${opening}\n\n${text.trim()}\n\n${closing}${after}`;
}
