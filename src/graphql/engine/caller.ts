import type { Viewer } from '../../identity/viewer.ts';
import type { RequestBudget } from '../../traffic/rate-limits.ts';

/** The sender of an operation. Its context has these properties too, on every transport. */
export interface Caller {
  readonly viewer: Viewer | null;
  /** The ID of the request in logs. */
  readonly requestId: string;
  /** Counts the calls of the request; null if rate limits are off. */
  readonly budget: RequestBudget | null;
}
