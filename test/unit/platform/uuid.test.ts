import { expect, it } from 'vitest';
import { uuidV7 } from '../../../src/platform/ids.ts';

it('returns unique UUIDs of version 7 that sort by time', () => {
  const before = Date.now();
  const ids = Array.from({ length: 2_000 }, uuidV7);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const times = ids.map((id) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times[0]).toBeGreaterThanOrEqual(before);
});
