import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findMarked } from './markers.ts';
import type { Mutant, Mutation } from './mutant.ts';
import { findCondition, findLogical, parseNodes, type SyntaxNode } from './syntax.ts';

/** Reads the file that a mutant changes, and returns its path and its changed text. `files` has the file of each marker. */
export function readMutated(
  root: string,
  mutant: Mutant,
  files: ReadonlyMap<string, string>,
): { readonly file: string; readonly text: string } {
  const file = 'file' in mutant ? mutant.file : files.get(mutant.guard);
  if (file === undefined) throw new Error(`no comment "guard: ${mutant.guard}" in src or scripts`);
  const text = readFileSync(path.join(root, file), 'utf8');
  if ('file' in mutant)
    return { file, text: replaceOnce(text, mutant.mutation.replace, mutant.mutation.with) };
  const mutated = mutate(file, text, mutant.guard, mutant.mutation);
  if (mutated === text) throw new Error('the mutation changes nothing');
  if (!file.endsWith('.lua')) parseNodes(mutated);
  return { file, text: mutated };
}

/** Returns the text of a file after a mutation of the code at a marker. */
export function mutate(file: string, text: string, guard: string, mutation: Mutation): string {
  const marked = findMarked(file, text, guard);
  switch (mutation) {
    case 'remove':
      return remove(text, marked);
    case 'never':
      return splice(text, findCondition(parseNodes(text), marked), 'false');
    case 'always':
      return splice(text, findCondition(parseNodes(text), marked), 'true');
    case 'left only':
    case 'right only': {
      const { left, right, ...logical } = findLogical(parseNodes(text), marked);
      const operand = mutation === 'left only' ? left : right;
      return splice(text, logical, text.slice(operand.start, operand.end));
    }
    default: {
      const { replace, with: replacement } = mutation;
      if (replace === undefined) return splice(text, marked, replacement);
      const code = text.slice(marked.start, marked.end);
      return splice(text, marked, replaceOnce(code, replace, replacement));
    }
  }
}

function remove(text: string, marked: SyntaxNode): string {
  // An empty statement, because the removed one may be the body of an `if`.
  if (/Statement$|Declaration$/.test(marked.type)) return splice(text, marked, ';');
  const comma = /^\s*,/.exec(text.slice(marked.end))?.[0] ?? '';
  return splice(text, { start: marked.start, end: marked.end + comma.length }, '');
}

function replaceOnce(text: string, find: string, replacement: string): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`${JSON.stringify(find)} occurs ${parts.length - 1} times, not once`);
  return parts.join(replacement);
}

function splice(
  text: string,
  { start, end }: Pick<SyntaxNode, 'start' | 'end'>,
  replacement: string,
): string {
  return text.slice(0, start) + replacement + text.slice(end);
}
