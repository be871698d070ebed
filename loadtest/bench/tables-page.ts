import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/**
 * Replaces the text between the markers of a benchmark, `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`.
 *
 * @throws {Error} if the page does not have exactly one pair of them.
 */
export function replaceTables(page: string, name: string, tables: string): string {
  const [before, inside, after, ...more] = page.split(new RegExp(`<!-- /?bench:${name} -->`));
  const [opening, closing] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const isPair = page.indexOf(opening) >= 0 && page.indexOf(opening) < page.indexOf(closing);
  if (before === undefined || inside === undefined || after === undefined || more.length > 0 || !isPair)
    throw new Error(`The page must have one pair of markers ${opening} … ${closing}.`);
  return `${before}${opening}\n\n${tables.trim()}\n\n${closing}${after}`;
}

/** Writes the tables of a finished benchmark into a page. The page is replaced as a whole, so that it never has half of them. */
export async function writeTables(file: string, name: string, tables: string): Promise<void> {
  const page = replaceTables(readFileSync(file, 'utf8'), name, tables);
  const options = { ...(await resolveConfig(file)), filepath: file };
  const unfinished = `${file}.new`;
  writeFileSync(unfinished, await format(page, options));
  renameSync(unfinished, file);
}
