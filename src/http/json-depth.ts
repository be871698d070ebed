interface Level {
  readonly values: readonly unknown[];
  next: number;
}

/**
 * Returns whether a parsed JSON value nests arrays and objects more than `max` levels deep. JSON.parse takes any depth,
 * but whatever recurses over its result (JSON.stringify, for one) throws at some thousands of levels.
 */
export function jsonDepthExceeds(root: unknown, max: number): boolean {
  const path: Level[] = [];
  const enter = (value: unknown) => {
    if (typeof value === 'object' && value !== null)
      path.push({ values: Array.isArray(value) ? (value as unknown[]) : Object.values(value), next: 0 });
  };
  enter(root);
  for (let level = path.at(-1); level !== undefined; level = path.at(-1)) {
    if (path.length > max) return true;
    if (level.next === level.values.length) path.pop();
    else enter(level.values[level.next++]);
  }
  return false;
}
