import { documentMax } from '../limits.ts';
import { tooComplex } from './too-complex.ts';

/** Matches strings and comments, whose brackets do not count, and brackets. */
const parts = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[[{(]|[\]})]/g;

/**
 * Checks the text of a document before it is parsed. The text must be short, because each error scans it for its line and
 * column. It must not be nested deeply, because the parser recurses.
 *
 * @throws {GraphQLError} QUERY_TOO_COMPLEX.
 */
export function checkText(text: string, charactersMax: number): void {
  // guard: document-length
  if (text.length > charactersMax)
    throw tooComplex(
      `The document has ${text.length} characters; at most ${charactersMax} are allowed. Pass large values as variables.`,
    );
  const lines = countLines(text);
  // guard: document-lines
  if (lines > documentMax.lines)
    throw tooComplex(`The document has ${lines} lines; at most ${documentMax.lines} are allowed.`);
  if (exceedsNesting(text, documentMax.nesting))
    throw tooComplex(`The document has brackets nested more than ${documentMax.nesting} levels deep.`);
}

function countLines(text: string): number {
  let lines = 1;
  for (const _ of text.matchAll(/\r\n|[\n\r]/g)) lines++;
  return lines;
}

function exceedsNesting(text: string, max: number): boolean {
  let depth = 0;
  for (const [part] of text.matchAll(parts)) {
    if (part === '[' || part === '{' || part === '(') depth++;
    else if (part === ']' || part === '}' || part === ')') depth--;
    if (depth > max) return true; // guard: document-depth
  }
  return false;
}
