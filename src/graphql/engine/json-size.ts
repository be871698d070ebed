interface Level {
  readonly values: readonly unknown[];
  next: number;
}

export interface JsonLimits {
  /** Arrays and objects within each other. */
  readonly depthMax: number;
  /** Values of all kinds; a key of an object counts as one more. */
  readonly valuesMax: number;
}

/**
 * Returns which limit a parsed JSON value exceeds, or null. JSON.parse takes any depth, but whatever recurses over its
 * result (JSON.stringify, for one) throws at some thousands of levels. And whatever walks over a million small values
 * blocks the event loop.
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
