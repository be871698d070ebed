import { SelloutError } from '../platform/errors.ts';
import type { PlanFault } from './seating-plan/seating-plan.ts';

/** A seating plan that was rejected as a whole. */
export class InvalidPlanError extends SelloutError {
  readonly code = 'INVALID_INPUT';
  readonly field = 'plan';
  /** The first hundred faults, each with its path in the file. */
  readonly faults: readonly PlanFault[];
  /** Total number of faults. */
  readonly faultCount: number;

  constructor(faults: readonly PlanFault[], faultCount: number) {
    const first = faults[0];
    super(
      `The seating plan has ${faultCount} error(s). Nothing was imported.` +
        (first === undefined ? '' : ` First error, at ${first.path}: ${first.message}`),
    );
    this.faults = faults;
    this.faultCount = faultCount;
  }
}
