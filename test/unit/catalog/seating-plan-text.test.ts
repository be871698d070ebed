import { describe, expect, test } from 'vitest';
import { parseSeatingPlan } from '../../../src/catalog/seating-plan/parse-plan.ts';

describe('a text that is not a plan', () => {
  test.each([
    ['', /unexpected end of text at line 1, column 1/],
    ['{"name":\n  "x",\n  }', /line 3, column 3/],
    ['{"name": nope}', /unexpected "n" at line 1, column 10/],
    ['{"a":"}",\n"b": ,}', /unexpected "," at line 2, column 6/],
    ['[[],[1,,2]]', /unexpected "," at line 1, column 8/],
    ["{'name': 1}", /line 1, column 2/],
    ['{"a": "b\nc"}', /control character.*line 1, column 9/],
    ['{} {}', /line 1, column 4/],
  ])('is refused with line and column: %j', (text, message) => {
    expect(parseSeatingPlan(text)).toEqual({
      ok: false,
      faults: [{ path: '$', message: expect.stringMatching(message) }],
      faultCount: 1,
    });
  });

  test.each([
    ['nested a million deep', '['.repeat(1_000_000), /64 levels/],
    ['nested behind strings', `{"a\\"[": ${'{"[":'.repeat(65)}`, /64 levels/],
    ['of three million values', `[${'1,'.repeat(3_000_000)}1]`, /2500000 values/],
    ['of more than 64 MiB', ' '.repeat(64 * 1024 * 1024 + 1), /64 MiB/],
    ['of more than 64 MiB once encoded', 'ä'.repeat(33 * 1024 * 1024), /64 MiB/],
  ])('is refused when %s', (_name, text, message) => {
    expect(parseSeatingPlan(text)).toMatchObject({
      ok: false,
      faults: [{ path: '$', message: expect.stringMatching(message) }],
    });
  });
});
