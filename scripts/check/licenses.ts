// `npm run check:licenses`: compares the license of every package in package-lock.json with the list of allowed ones.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readArguments, ROOT, runCommand } from '../local/command.ts';
import { findLicenseErrors, type LicensedPackage } from './license-errors.ts';

interface LockEntry {
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
}

type Listed = LicensedPackage & { readonly isDevelopment: boolean };

/** Returns every package. One for another platform, which is neither described nor installed, is left out. */
function readPackages(): Listed[] {
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  };
  return Object.entries(lock.packages).flatMap(([location, entry]) => {
    if (!location.startsWith('node_modules/') || entry.link === true) return [];
    const license = entry.license ?? readOwnLicense(location);
    if (license === undefined && entry.optional === true && !existsSync(path.join(ROOT, location))) return [];
    const name = location.split('node_modules/').at(-1) ?? location;
    return [{ name, license, isDevelopment: entry.dev === true || entry.devOptional === true }];
  });
}

function readOwnLicense(location: string): string | undefined {
  const file = path.join(ROOT, location, 'package.json');
  if (!existsSync(file)) return undefined;
  const { license } = JSON.parse(readFileSync(file, 'utf8')) as { readonly license?: unknown };
  return typeof license === 'string' ? license : undefined;
}

function print(packages: readonly Listed[]): void {
  const groups = Map.groupBy(packages, ({ license }) => license ?? 'none');
  for (const [license, members] of [...groups].toSorted(([, a], [, b]) => b.length - a.length)) {
    const names = [...new Set(members.map(({ name }) => name))].toSorted();
    process.stdout.write(`${license} (${names.length}): ${names.join(', ')}\n`);
  }
}

await runCommand(() => {
  const { values } = readArguments('check:licenses', { options: { list: { type: 'boolean' } } });
  const packages = readPackages();
  if (values.list === true) print(packages);
  const errors = findLicenseErrors(packages);
  for (const error of errors) process.stderr.write(`${error}\n`);
  if (errors.length > 0) process.exitCode = 1;
});
