import { planLimits } from './plan-limits.ts';
import type { PlanFault } from './seating-plan.ts';

/** Collects faults. Beyond the maximum number that are listed, they are only counted. */
export type FaultList = {
  readonly listed: PlanFault[];
  readonly count: () => number;
  readonly add: (path: string, message: string) => void;
};

export function createFaultList(): FaultList {
  const listed: PlanFault[] = [];
  let count = 0;
  return {
    listed,
    count: () => count,
    add: (path, message) => {
      count += 1;
      if (listed.length < planLimits.faultsListedMax) listed.push({ path, message });
    },
  };
}

/** Describes a value within a sentence. Cuts strings, so that messages stay short. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `the string ${quote(value)}`;
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`;
  return `of type ${typeof value}`;
}

/** Quotes a string for a message, and cuts it. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
