import { createHash } from 'node:crypto';
import type { SeatingPlan } from '../seating-plan/seating-plan.ts';

/**
 * SHA-256 of what a plan says, hexadecimal: two files that differ only in spelling (white space, the order of keys,
 * keys that are not read) have the same. Two plans that differ in a name, a seat or a shape never do.
 */
export function hashPlan(plan: SeatingPlan): string {
  const hash = createHash('sha256');
  const { width, height } = plan.size;
  const categories = plan.categories.map(({ name, color }) => [name, color]);
  hash.update(JSON.stringify([plan.name, width, height, categories, inKeyOrder(plan.areas)]));
  for (const { guid, section, row, number, category, x, y, label } of plan.seats) {
    const seat = [guid, section, row, number, category, x, y];
    hash.update(JSON.stringify(label === undefined ? seat : [...seat, label]));
  }
  return hash.digest('hex');
}

function inKeyOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inKeyOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, inKeyOrder(child)] as const);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
