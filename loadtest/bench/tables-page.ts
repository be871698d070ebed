import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { replaceBlock } from '../../scripts/docs/replace-block.ts';

/**
 * Replaces the text between the markers of a benchmark, `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`.
 *
 * @throws {Error} if the page does not have exactly one pair of them.
 */
export function replaceTables(page: string, name: string, tables: string): string {
  return replaceBlock(page, `bench:${name}`, tables);
}

/** Writes the tables of a finished benchmark into a page. The page is replaced as a whole, so that it never has half of them. */
export async function writeTables(file: string, name: string, tables: string): Promise<void> {
  const page = replaceTables(readFileSync(file, 'utf8'), name, tables);
  const options = { ...(await resolveConfig(file)), filepath: file };
  const unfinished = `${file}.new`;
  writeFileSync(unfinished, await format(page, options));
  renameSync(unfinished, file);
}
