/** An array or object on the path to the current value. */
interface Level {
  readonly values: readonly unknown[];
  next: number;
}

export interface JsonLimits {
  /** Maximum nesting of arrays and objects. */
  readonly depthMax: number;
  /** Maximum number of values. A key of an object counts as a value. */
  readonly valuesMax: number;
}

/**
 * Returns the limit that a parsed JSON value exceeds, or null. JSON.parse accepts any depth, but code that recurses over its
 * result, such as JSON.stringify, throws after some thousand levels. Traversing a million small values blocks the event
 * loop.
 */
export function exceededJsonLimit(
  root: unknown,
  { depthMax, valuesMax }: JsonLimits,
): 'depth' | 'values' | null {
  const path: Level[] = [];
  let count = 0;
  const enter = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    const isArray = Array.isArray(value);
    const values = isArray ? (value as unknown[]) : Object.values(value);
    count += isArray ? values.length : 2 * values.length;
    path.push({ values, next: 0 });
  };
  enter(root);
  for (let level = path.at(-1); level !== undefined; level = path.at(-1)) {
    if (path.length > depthMax) return 'depth';
    if (count > valuesMax) return 'values'; // guard: values-per-request
    if (level.next === level.values.length) path.pop();
    else enter(level.values[level.next++]);
  }
  return null;
}
