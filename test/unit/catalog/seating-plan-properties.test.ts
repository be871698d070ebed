import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateTheatre } from '../../../prisma/plans/theatre.ts';
import { parseSeatingPlan, validateSeatingPlan } from '../../../src/catalog/seating-plan/parse-plan.ts';
import { toNameKey } from '../../../src/catalog/names.ts';
import { seatLabel } from '../../../src/catalog/seating-plan/seat-label.ts';
import type { PlanResult } from '../../../src/catalog/seating-plan/parse-plan.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const theatre = generateTheatre();
// A few seats are enough, and leave time for many mutations.
const small = JSON.stringify({
  ...theatre,
  zones: theatre.zones.slice(0, 3).map((zone) => ({
    ...zone,
    rows: zone.rows.slice(0, 2).map((row) => ({ ...row, seats: row.seats.slice(0, 2) })),
  })),
});

const anyJson = fc.oneof(
  fc.jsonValue() as fc.Arbitrary<Json>,
  fc.constantFrom<Json>('', '1', 'Stalls', 'Stalls-1-1', '__proto__', 1e308, -1, [], [[]], {}, { x: 1 }),
);

/** A plan in which random values anywhere in the tree are replaced, removed or duplicated. */
const mutated = fc
  .array(
    fc.record({
      pick: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
      how: fc.constantFrom('replace', 'remove', 'double'),
      value: anyJson,
    }),
    { maxLength: 4 },
  )
  .map((mutations) => {
    const plan = JSON.parse(small) as Json;
    for (const { pick, how, value } of mutations) mutate(plan, pick, how, value);
    return plan;
  });

function mutate(plan: Json, pick: number[], how: string, value: Json): void {
  let node = plan;
  for (const [depth, number] of pick.entries()) {
    if (typeof node !== 'object' || node === null) return;
    const keys = Object.keys(node);
    const key = keys[number % Math.max(keys.length, 1)];
    if (key === undefined) return;
    const tree = node as Record<string, Json>;
    const child = tree[key] ?? null;
    const isLast = depth === pick.length - 1 || typeof child !== 'object' || child === null;
    if (!isLast) {
      node = child;
    } else if (how === 'double' && Array.isArray(node)) {
      node.push(structuredClone(child));
    } else if (how === 'remove') {
      if (Array.isArray(node)) node.splice(Number(key), 1);
      else delete tree[key];
    } else {
      tree[key] = structuredClone(value);
    }
    if (isLast) return;
  }
}

function check(value: unknown, result: PlanResult): void {
  if (result.ok) {
    const { seats, categories } = result.plan;
    expect(seats.length).toBeGreaterThan(0);
    expect(new Set(seats.map(({ guid }) => guid)).size).toBe(seats.length);
    const labels = seats.map(({ section, row, number, label }) => label ?? seatLabel(section, row, number));
    expect(new Set(labels.map(toNameKey)).size).toBe(seats.length);
    for (const { x, y, category } of seats) {
      expect(Number.isFinite(x) && Number.isFinite(y) && category < categories.length).toBe(true);
    }
    return;
  }
  expect(result.faultCount).toBeGreaterThanOrEqual(result.faults.length);
  expect(result.faults.length).toBeGreaterThan(0);
  for (const { path, message } of result.faults) {
    expect(message).toMatch(/\.$/);
    if (path !== '$') expect(hasParent(value, path)).toBe(true);
  }
}

/** Returns whether the path exists or, for a missing value, its parent. */
function hasParent(value: unknown, path: string): boolean {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  let node = value;
  for (const key of keys.slice(0, -1)) node = (node as Record<string, unknown> | undefined)?.[key];
  return typeof node === 'object' && node !== null;
}

test('a plan with random changes is valid, or is refused with faults whose paths exist', () => {
  let refused = 0;
  fc.assert(
    fc.property(mutated, (value) => {
      const result = validateSeatingPlan(value);
      refused += result.ok ? 0 : 1;
      check(value, result);
      // The text has the same result as the value.
      expect(parseSeatingPlan(JSON.stringify(value)).ok).toBe(result.ok);
    }),
    { numRuns: 2000 },
  );
  // Checks the test itself: it must reach both outcomes.
  expect(refused).toBeGreaterThan(200);
  expect(refused).toBeLessThan(2000);
});

test('any JSON and any text has a result', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      check(value, validateSeatingPlan(value));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parseSeatingPlan(text).ok).toBe(false);
    }),
  );
});

test('a plan whose text is cut or has a character changed has a result', () => {
  const position = fc.nat(small.length);
  fc.assert(
    fc.property(position, fc.constantFrom('', ',', '"', '}', '[', 'x', '\\', '0'), (at, char) => {
      const cut = parseSeatingPlan(small.slice(0, at));
      expect(cut.ok).toBe(at === small.length);
      const changed = parseSeatingPlan(small.slice(0, at) + char + small.slice(at + 1));
      if (!changed.ok) expect(changed.faults.length).toBeGreaterThan(0);
    }),
    { numRuns: 1000 },
  );
});
