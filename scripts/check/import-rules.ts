import type { OxlintOverride } from 'oxlint';
import { importTable, rooms, type ImportRow } from './import-table.ts';

/*
 * no-restricted-imports sees the text of a specifier, not the file it leads to. A room is therefore recognised by
 * `../room/`, and every roundabout way of writing a path that would hide it is refused.
 */
const roundabout = {
  regex: String.raw`^(/|#|file:|src/)|//|^\./\.\.|[^./]/\.\.?/|/\./`,
  message: 'Write the shortest relative path, so that the import table can be checked.',
};

const outside = {
  regex: String.raw`^(\.\./)+(src|prisma|scripts|test|loadtest|node_modules)(/|$)`,
  message: 'src imports nothing from outside src.',
};

const environment = {
  name: 'node:process',
  importNames: ['env'],
  message: 'Configuration is parsed in src/platform/config and passed on.',
};

function closedRooms(room: string, row: ImportRow): string[] {
  const mentioned = new Set([room, ...row.may.map((entry) => entry.split('/')[0] ?? entry)]);
  const closed = rooms.filter((other) => !mentioned.has(other));
  return row.generated === undefined ? [...closed, 'generated'] : closed;
}

function patternsOf(room: string, row: ImportRow): object[] {
  const patterns: object[] = [roundabout, outside];
  const closed = closedRooms(room, row);
  if (closed.length > 0) {
    const regex = String.raw`^(\.\./)+(${closed.join('|')})(/|$)`;
    patterns.push({ regex, message: `The import table does not allow ${room} to import this module.` });
  }
  for (const entry of row.may.filter((name) => name.includes('/'))) {
    const other = entry.split('/')[0] ?? entry;
    const group = [`../**/${other}`, `../**/${other}/**`, `!../**/${entry}`];
    patterns.push({ group, message: `${room} may import only ${entry} from ${other}.` });
  }
  if (row.generated === 'types') {
    const message = 'This module may import only types from src/generated. Import values through platform.';
    patterns.push({ regex: String.raw`^(\.\./)+generated(/|$)`, allowTypeImports: true, message });
  }
  return patterns;
}

function override(files: string, patterns: object[]): OxlintOverride {
  return {
    files: [files],
    rules: { 'no-restricted-imports': ['error', { paths: [environment], patterns }] },
  };
}

/** One oxlint override a room. The first is for a folder that has no row yet: it may import nothing but itself. */
export function importOverrides(): OxlintOverride[] {
  const noRow = { regex: String.raw`^\.\.(/|$)`, message: 'This folder has no row in the import table.' };
  return [
    override('src/**', [roundabout, outside, noRow]),
    ...Object.entries(importTable).map(([room, row]) => override(`src/${room}/**`, patternsOf(room, row))),
  ];
}
