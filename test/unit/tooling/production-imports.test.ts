import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../../scripts/local/command.ts';

const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  dependencies: Readonly<Record<string, string>>;
};

/** Returns the package of an import, or null for a file or a part of Node. */
function findPackage(specifier: string): string | null {
  if (specifier.startsWith('.') || isBuiltin(specifier)) return null;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

it('src/ imports only packages that npm ci --omit=dev installs', () => {
  // The web shop is bundled by the build.
  const files = globSync('src/**/*.{ts,mjs}', { cwd: ROOT, exclude: ['src/web/shop/**'] });
  const imported = files.flatMap((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    const found = text.matchAll(/^(?:import|export|\}) ?.*\bfrom '([^']+)'.*;$|^import '([^']+)';$/gm);
    return [...found].flatMap(([, from, alone]) => findPackage(from ?? alone ?? '') ?? []);
  });
  const names = new Set(imported);
  expect(names).toContain('graphql');
  expect([...names].filter((name) => !(name in dependencies))).toEqual([]);
});
