import type { OxlintOverride } from 'oxlint';
import { importTable, modules, type ImportRow } from './import-table.ts';

/*
 * no-restricted-imports sees the text of a specifier, not the file it leads to. A module is therefore recognized by
 * `../module/`, and every roundabout way of writing a path that would hide it is refused.
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

const top = (name: string) => name.split('/')[0] ?? name;
const regexOf = (path: string) => String.raw`^(\.\./)+(${path})(/|$)`;

/** The top-level modules of which a module may import nothing. */
function closedModules(name: string, row: ImportRow): string[] {
  const mentioned = new Set([top(name), ...row.may.map(top)]);
  const closed = [...new Set(modules.map(top))].filter((other) => !mentioned.has(other));
  return row.generated === undefined ? [...closed, 'generated'] : closed;
}

/** A folder with a row of its own, as `http/routes`, is open to main alone. */
function closedFolders(name: string): object[] {
  return modules.flatMap((folder) => {
    if (!folder.includes('/') || name === folder || name === 'main') return [];
    const inParent = String.raw`^\.\.?/(${folder.slice(folder.indexOf('/') + 1)})(/|$)`;
    const regex = name === top(folder) ? inParent : regexOf(folder);
    return [{ regex, message: `Only main may import ${folder}.` }];
  });
}

function patternsOf(name: string, row: ImportRow): object[] {
  const patterns: object[] = [roundabout, outside, ...closedFolders(name)];
  const closed = closedModules(name, row);
  if (closed.length > 0) {
    const regex = regexOf(closed.join('|'));
    patterns.push({ regex, message: `The import table does not allow ${name} to import this module.` });
  }
  for (const entry of row.may.filter((other) => other.includes('/'))) {
    const other = top(entry);
    const open = entry.endsWith('.ts') ? entry : `${entry}/**`;
    const group = [`../**/${other}`, `../**/${other}/**`, `!../**/${open}`];
    patterns.push({ group, message: `${name} may import only ${entry} from ${other}.` });
  }
  if (row.generated === 'types') {
    const message = 'This module may import only types from src/generated. Import values through platform.';
    patterns.push({ regex: regexOf('generated'), allowTypeImports: true, message });
  }
  return patterns;
}

function override(files: string, patterns: object[]): OxlintOverride {
  return {
    files: [files],
    rules: { 'no-restricted-imports': ['error', { paths: [environment], patterns }] },
  };
}

/** One oxlint override a module. The first is for a folder without a row: it may import nothing but itself. */
export function importOverrides(): OxlintOverride[] {
  const noRow = { regex: String.raw`^\.\.(/|$)`, message: 'This folder has no row in the import table.' };
  return [
    override('src/**', [roundabout, outside, noRow]),
    ...Object.entries(importTable).map(([name, row]) => override(`src/${name}/**`, patternsOf(name, row))),
  ];
}
