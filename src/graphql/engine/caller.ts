import type { Viewer } from '../../identity/viewer.ts';

/** The sender of an operation. Its context has these properties too, on every transport. */
export interface Caller {
  readonly viewer: Viewer | null;
  /** The ID of the request in logs. */
  readonly requestId: string;
}
