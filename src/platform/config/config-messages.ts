import type { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/** How to create a value for a required variable. */
const howToCreate: Readonly<Record<string, string>> = {
  AUTH_SECRET: 'Create one with: openssl rand -base64 33',
};

/** Describes one problem in terms of the variable: `PORT: must be a number, not "abc"`. */
export function describeIssue(issue: z.core.$ZodIssue, given: Environment): string {
  const name = String(issue.path[0]);
  // Zod does not distinguish a missing value from one of the wrong type.
  if (given[name] === undefined)
    return `${name}: is required${name in howToCreate ? `. ${howToCreate[name]}` : ''}`;
  return `${name}: ${describeRequirement(issue, given[name])}`;
}

function describeRequirement(issue: z.core.$ZodIssue, value: string): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'number') return `must be a number, not "${value}"`;
      return issue.expected === 'int' ? `must be an integer, not "${value}"` : issue.message;
    case 'too_small':
      return isNumeric(issue.origin) ? `must be at least ${issue.minimum}, not "${value}"` : issue.message;
    case 'too_big':
      return isNumeric(issue.origin) ? `must be at most ${issue.maximum}, not "${value}"` : issue.message;
    case 'invalid_value':
      return 'expected' in issue && issue.expected === 'stringbool'
        ? `must be true or false, not "${value}"`
        : `must be one of ${issue.values.map(String).join(', ')}, not "${value}"`;
    default:
      // Messages of our own schema. They omit the value, which may be a secret.
      return issue.message; // guard: config-secrets-hidden
  }
}

function isNumeric(origin: string): boolean {
  return origin === 'number' || origin === 'int';
}

/** Maximum edit distance of a misspelling. Short names must match better: other programs set similar ones. */
const editsMax = (name: string) => (name.length < 6 ? 1 : 2);

/** Returns a warning for each variable that is not in `known` but resembles one of them. */
export function findMisspellings(given: Environment, known: readonly string[]): string[] {
  return Object.keys(given).flatMap((name) => {
    if (known.includes(name)) return [];
    const meant = known.find((candidate) => countEdits(name.toUpperCase(), candidate) <= editsMax(candidate));
    return meant === undefined
      ? []
      : [`${name} is not a known setting and is ignored. Did you mean ${meant}?`];
  });
}

/** Counts insertions, deletions, substitutions and swaps of neighbors (optimal string alignment distance). */
function countEdits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(at(row, j - 1) + 1, at(last, j) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, at(beforeLast, j - 2) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
