import type { SocketOutlet } from './socket-outlet.ts';

/** What belongs to one socket besides the protocol's own. */
export interface SocketExtra {
  readonly outlet: SocketOutlet;
  /**
   * What ends the subscriptions under way. graphql-ws forgets one whose id is used again before it had begun; here none
   * is forgotten.
   */
  readonly open: Set<() => void>;
  /** From connection_init: `Bearer …` or the bare token. */
  authorization?: string;
}
