/** A package of the lock file, with the license that it or its own manifest states. */
export interface LicensedPackage {
  readonly name: string;
  readonly license: string | undefined;
}

/** Licenses that allow use and distribution with Sellout, as they are spelled in manifests. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT and ISC',
  'Unlicense',
]);

/** Packages with another license or none, each with the reason why it is acceptable. */
const EXCEPTIONS: Readonly<
  Record<string, { readonly license: string | undefined; readonly reason: string }>
> = {
  elkjs: { license: 'EPL-2.0', reason: 'part of Prisma Studio, which the server does not load' },
  'seq-queue': { license: undefined, reason: 'its repository states the MIT license' },
};

/** Licenses of packages that only developers install, and that are distributed with nothing. */
const ALLOWED_FOR_DEVELOPMENT = new Set(['MPL-2.0']);

/** Returns the packages whose license is not allowed, and the exceptions that no package needs. */
export function findLicenseErrors(
  packages: readonly (LicensedPackage & { readonly isDevelopment: boolean })[],
): string[] {
  const unused = new Set(Object.keys(EXCEPTIONS));
  const errors = packages.flatMap(({ name, license, isDevelopment }) => {
    if (license !== undefined && ALLOWED.has(license)) return []; // guard: license-allow-list
    if (license !== undefined && isDevelopment && ALLOWED_FOR_DEVELOPMENT.has(license)) return [];
    const exception = EXCEPTIONS[name];
    if (exception !== undefined && exception.license === license) {
      unused.delete(name);
      return [];
    }
    return [`${name}: ${license ?? 'no license'} is not in the list of scripts/check/license-errors.ts`];
  });
  return [...errors, ...[...unused].map((name) => `${name}: needs no exception any more`)];
}
