import { expect, it } from 'vitest';
import { findLicenseErrors } from '../../../scripts/check/license-errors.ts';

const known = [
  { name: 'elkjs', license: 'EPL-2.0', isDevelopment: false },
  { name: 'seq-queue', license: undefined, isDevelopment: false },
];
const errorsOf = (name: string, license: string | undefined, isDevelopment = false) =>
  findLicenseErrors([...known, { name, license, isDevelopment }]);

it('accepts permissive licenses', () => {
  expect(errorsOf('a', 'MIT')).toEqual([]);
  expect(errorsOf('a', 'Apache-2.0', true)).toEqual([]);
});

it.each(['AGPL-3.0', 'SSPL-1.0', 'UNLICENSED', 'SEE LICENSE IN LICENSE', undefined])(
  'rejects %s',
  (license) => {
    expect(errorsOf('a', license)).toEqual([
      `a: ${license ?? 'no license'} is not in the list of scripts/check/license-errors.ts`,
    ]);
  },
);

it('accepts MPL-2.0 only for development', () => {
  expect(errorsOf('a', 'MPL-2.0', true)).toEqual([]);
  expect(errorsOf('a', 'MPL-2.0')).toHaveLength(1);
});

it('rejects an exception whose license has changed, or that nothing needs', () => {
  expect(findLicenseErrors([])).toEqual([
    'elkjs: needs no exception any more',
    'seq-queue: needs no exception any more',
  ]);
  expect(findLicenseErrors([{ ...known[0]!, license: 'GPL-3.0' }, known[1]!])[0]).toMatch(/^elkjs: GPL-3.0/);
});
