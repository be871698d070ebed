import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minorUnitExponents } from '../../../src/catalog/events/currencies.ts';
import { findNameFault, toNameKey, toDrawableText } from '../../../src/catalog/names.ts';

describe('a name', () => {
  test.each([
    ['x', 1],
    ['Café Žižkov', 200],
    ['🎭'.repeat(200), 200],
    ['שלום\u200F!', 200],
    ['می\u200Cخواهم', 200],
    ['Family 👨\u200D👩\u200D👧', 200],
    ['\u200Eabc', 200],
    ['  x  ', 200],
  ])('may be %j', (name, max) => {
    expect(findNameFault(name, max)).toBeNull();
  });

  const refused: [string, RegExp][] = [
    ['', /^is empty; it must have 1 to 200/],
    [' \u00A0\u3000', /^has no visible characters/],
    ['\u200B\u200D\u200E\uFEFF\u00AD\u3164\uFE0F', /^has no visible characters/],
    ['\u2800', /^has no visible characters/],
    ['x'.repeat(201), /^has 201 characters; it must have 1 to 200/],
    ['🎭'.repeat(201), /^has 201 characters/],
    [`${'🎭'.repeat(200)}\uD83C`, /^has 201 characters/],
    ['nul\0', /the control character U\+0000/],
    ['two\nlines', /the control character U\+000A/],
    ['c1\u0085', /the control character U\+0085/],
    ['half \uD83C', /half of a surrogate pair, U\+D83C/],
    ['line\u2028', /U\+2028/],
    ['paragraph\u2029', /U\+2029/],
    ['private \uE000', /U\+E000/],
    ['private \u{10FFFD}', /U\+10FFFD/],
    ['unassigned \u0378', /U\+0378/],
    ['no character \uFFFF', /U\+FFFF/],
    ...Array.from('\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069', (character): [string, RegExp] => [
      `bidi ${character}`,
      /contains the character U\+20/,
    ]),
  ];
  test.each(refused)('may not be %j', (name, fault) => {
    expect(findNameFault(name, 200)).toMatch(fault);
  });

  test('may be empty if it is optional', () => {
    expect(findNameFault('', 20, 0)).toBeNull();
    expect(findNameFault('\u200B', 20, 0)).toBeNull();
  });

  test('is either accepted and stored by PostgreSQL unchanged, or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (name) => {
        if (findNameFault(name, 20) !== null) return;
        expect(name.isWellFormed()).toBe(true);
        expect(name).not.toMatch(/[\p{C}--\p{Cf}]/v);
        expect(Array.from(name).length).toBeLessThanOrEqual(20);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('the key of a name', () => {
  test.each([
    ['Caf\u00E9', 'Cafe\u0301'],
    ['Main', 'Main '],
    ['Main', '\u3000Main'],
    ['Block  A', 'Block\u00A0A'],
    ['Main', 'Ma\u200Bin\u200E'],
    ['a b', 'a \u200B b'],
  ])('is the same for %j and %j', (a, b) => {
    expect(toNameKey(a)).toBe(toNameKey(b));
  });

  test.each([
    ['Main', 'main'],
    ['1', '11'],
    ['A B', 'AB'],
  ])('differs for %j and %j', (a, b) => {
    expect(toNameKey(a)).not.toBe(toNameKey(b));
  });

  test('is its own key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(toNameKey(toNameKey(name))).toBe(toNameKey(name));
      }),
    );
  });
});

test('any text becomes drawable, and a valid name stays unchanged', () => {
  expect(toDrawableText('Main\r\nstage', 200)).toBe('Main stage');
  expect(toDrawableText('🎭'.repeat(300), 200)).toBe('🎭'.repeat(200));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const drawn = toDrawableText(text, 20);
      expect(findNameFault(drawn, 20, 0)).toBeNull();
      if (findNameFault(text, 20) === null) expect(drawn).toBe(text);
    }),
    { numRuns: 5_000 },
  );
});

describe('the table of currencies', () => {
  test('has the 165 active codes that have a minor unit, each once', () => {
    expect(minorUnitExponents.size).toBe(165);
    for (const code of minorUnitExponents.keys()) expect(code).toMatch(/^[A-Z]{3}$/);
  });

  test.each([
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['XCG', 2],
    ['ZWG', 2],
    ['SLE', 2],
  ])('gives %s %i digits', (code, digits) => {
    expect(minorUnitExponents.get(code)).toBe(digits);
  });

  test.each(['DEM', 'HRK', 'BGN', 'ANG', 'CUC', 'SLL', 'ZWL', 'VEF', 'XXX', 'XTS', 'XAU', 'XDR', 'eur', ''])(
    'has no %j',
    (code) => {
      expect(minorUnitExponents.has(code)).toBe(false);
    },
  );
});
