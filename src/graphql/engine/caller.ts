import type { Viewer } from '../../identity/viewer.ts';

/** The sender of an operation. */
export interface Caller {
  readonly viewer: Viewer | null;
  /** The ID of the request in logs. */
  readonly requestId: string;
}

/** The initial context of every operation, on every transport. */
export interface OperationContext {
  readonly caller: Caller;
}
