import type { OxlintOverride } from 'oxlint';
import { importTable, modules, type ImportRow } from './import-table.ts';

/*
 * no-restricted-imports matches the text of a specifier, not the file that it resolves to. The rules therefore recognize a
 * module by `../module/`, and reject every longer way to write a path.
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
const toRegex = (path: string) => String.raw`^(\.\./)+(${path})(/|$)`;

/** Returns the top-level modules from which a module may import nothing. */
function getClosedModules(name: string, row: ImportRow): string[] {
  const mentioned = new Set([top(name), ...row.may.map(top)]);
  const closed = [...new Set(modules.map(top))].filter((other) => !mentioned.has(other));
  return row.generated === undefined ? [...closed, 'generated'] : closed;
}

/** Returns patterns that reserve a folder with its own row, such as `http/routes`, for main. */
function getClosedFolders(name: string): object[] {
  return modules.flatMap((folder) => {
    if (!folder.includes('/') || name === folder || name === 'main') return [];
    const inParent = String.raw`^\.\.?/(${folder.slice(folder.indexOf('/') + 1)})(/|$)`;
    const regex = name === top(folder) ? inParent : toRegex(folder);
    return [{ regex, message: `Only main may import ${folder}.` }];
  });
}

function getPatterns(name: string, row: ImportRow): object[] {
  const patterns: object[] = [roundabout, outside, ...getClosedFolders(name)];
  const closed = getClosedModules(name, row);
  if (closed.length > 0) {
    const regex = toRegex(closed.join('|'));
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
    patterns.push({ regex: toRegex('generated'), allowTypeImports: true, message });
  }
  return patterns;
}

function override(files: string, patterns: object[]): OxlintOverride {
  return {
    files: [files],
    rules: { 'no-restricted-imports': ['error', { paths: [environment], patterns }] },
  };
}

/** Returns one oxlint override per module, after one for folders without a row, which may import only themselves. */
export function importOverrides(): OxlintOverride[] {
  const noRow = { regex: String.raw`^\.\.(/|$)`, message: 'This folder has no row in the import table.' };
  return [
    override('src/**', [roundabout, outside, noRow]),
    ...Object.entries(importTable).map(([name, row]) => override(`src/${name}/**`, getPatterns(name, row))),
  ];
}
