import { createHash } from 'node:crypto';
import type { SeatingPlan } from '../seating-plan/seating-plan.ts';

/**
 * Returns the SHA-256 of a plan's contents in hexadecimal. Files that differ only in white space, the order of keys or
 * unknown keys have the same hash; plans that differ in a name, a seat or a shape do not.
 */
export function hashPlan(plan: SeatingPlan): string {
  const hash = createHash('sha256');
  const { width, height } = plan.size;
  const categories = plan.categories.map(({ name, color }) => [name, color]);
  hash.update(JSON.stringify([plan.name, width, height, categories, sortKeys(plan.areas)]));
  for (const { guid, section, row, number, category, x, y, label } of plan.seats) {
    const seat = [guid, section, row, number, category, x, y];
    hash.update(JSON.stringify(label === undefined ? seat : [...seat, label]));
  }
  return hash.digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, sortKeys(child)] as const);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
