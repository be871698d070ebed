import type { SocketOutlet } from './socket-outlet.ts';

/** What belongs to one socket besides the protocol's own. */
export interface SocketExtra {
  readonly outlet: SocketOutlet;
  /** Ids of operations that have not begun, also of those that the client has completed meanwhile. */
  readonly starting: Set<string>;
  /** What ends the subscriptions that have. */
  readonly open: Set<() => void>;
  /** From connection_init: `Bearer …` or the bare token. */
  authorization?: string;
}
