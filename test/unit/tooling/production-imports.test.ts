import { globSync, readFileSync } from 'node:fs';
import { isBuiltin, stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { expect, it } from 'vitest';
import { operatorCommands } from '../../../scripts/bootstrap/operator-commands.mjs';
import { ROOT } from '../../../scripts/local/command.ts';

const { dependencies, scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
};

/** Returns the package of an import, or null for a file or a part of Node. */
function findPackage(specifier: string): string | null {
  if (specifier.startsWith('.') || isBuiltin(specifier)) return null;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Returns what a file imports when Node loads it: neither types nor what a call of `import()` loads later. */
function readImports(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const code = file.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
  const found = code.matchAll(
    /^(?:import|export)\b[^'"`;]*\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm,
  );
  return [...found].flatMap(([, from, alone]) => from ?? alone ?? []);
}

/** Returns the packages that a script imports, itself or through other files of the repository. */
function readPackages(script: string): ReadonlySet<string> {
  const files = new Set([path.join(ROOT, script)]);
  const packages = new Set<string>();
  // Grows while it is read.
  for (const file of files) {
    if (!/\.(?:ts|mjs)$/.test(file)) continue;
    for (const specifier of readImports(file)) {
      if (specifier.startsWith('.')) files.add(path.join(path.dirname(file), specifier));
      const name = findPackage(specifier);
      if (name !== null) packages.add(name);
    }
  }
  return packages;
}

function findMissing(packages: ReadonlySet<string>): readonly string[] {
  return [...packages].filter((name) => !(name in dependencies));
}

it('src/ imports only packages that npm ci --omit=dev installs', () => {
  // The web shop is bundled by the build.
  const files = globSync('src/**/*.{ts,mjs}', { cwd: ROOT, exclude: ['src/web/shop/**'] });
  const imported = files.flatMap((file) => readImports(path.join(ROOT, file)));
  const packages = new Set(imported.flatMap((specifier) => findPackage(specifier) ?? []));
  expect(packages).toContain('graphql');
  expect(findMissing(packages)).toEqual([]);
});

it.each(operatorCommands)('%s imports only packages that npm ci --omit=dev installs', (script) => {
  expect(findMissing(readPackages(script))).toEqual([]);
});

it('finds the packages that a script imports through other files', () => {
  expect(readPackages('scripts/audit.ts')).toContain('pg');
  expect(findMissing(readPackages('scripts/check/schema-changes.ts'))).toContain('@graphql-inspector/core');
});

it('every operator command is a command of package.json', () => {
  const called = Object.values(scripts).map((command) => command.split(' ')[2]);
  expect(operatorCommands.filter((script) => !called.includes(script))).toEqual([]);
});
