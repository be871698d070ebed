import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseNodes, type SyntaxNode } from './syntax.ts';

/** A comment `guard: NAME` in the source. */
export interface Marker {
  readonly guard: string;
  /** Path from the root of the tree. */
  readonly file: string;
}

const MARKER = /(?:\/\/|\/\*|--) guard: ([a-z0-9-]+)/g;
const folders = ['src', 'scripts', 'loadtest'];

/** Returns the markers of the tree, in the order of their files. */
export function findMarkers(root: string): Marker[] {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        path.posix.join(folder, name),
      ),
    )
    .filter((file) => /\.(ts|mjs|lua)$/.test(file) && !file.startsWith('src/generated/'))
    .sort()
    .flatMap((file) =>
      [...readFileSync(path.join(root, file), 'utf8').matchAll(MARKER)].map(([, guard = '']) => ({
        guard,
        file,
      })),
    );
}

/**
 * Returns the code that a marker stands at. A marker at the end of a line marks the largest piece of syntax that ends
 * before it; any other marker the largest one that begins after it. In Lua it marks its line, or the next one.
 */
export function findMarked(file: string, text: string, guard: string): SyntaxNode {
  const [marker, second] = [...text.matchAll(MARKER)].filter(([, name]) => name === guard);
  if (marker === undefined || second !== undefined)
    throw new Error(`${file} has no marker of its own for ${guard}`);
  const lineStart = text.lastIndexOf('\n', marker.index) + 1;
  const lineEnd = endOfLine(text, marker.index);
  const isTrailing =
    text.slice(lineStart, marker.index).trim() !== '' && !text.startsWith('/*', marker.index);
  if (file.endsWith('.lua')) {
    if (isTrailing) return { type: 'line', start: lineStart, end: marker.index };
    return { type: 'line', start: lineEnd + 1, end: endOfLine(text, lineEnd + 1) };
  }
  const marked = parseNodes(text).find(({ start, end }) =>
    isTrailing
      ? end <= marker.index && /^[\s,;]*$/.test(text.slice(end, marker.index))
      : start > marker.index && isBlank(text.slice(marker.index, start)),
  );
  if (marked === undefined)
    throw new Error(`${file}: the marker of ${guard} stands at no statement, property or element`);
  return marked;
}

function isBlank(text: string): boolean {
  return text.replaceAll(/\/\/.*|\/\*[^]*?\*\//g, '').trim() === '';
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
