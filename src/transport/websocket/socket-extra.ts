import type { MemoryAccount } from '../../graphql/engine/kept-memory.ts';
import type { OperationIds } from './operation-ids.ts';
import type { Operations } from './operations.ts';
import type { SocketOutlet } from './socket-send-buffer.ts';

/** What belongs to one socket besides the protocol's own. */
export interface SocketExtra {
  readonly outlet: SocketOutlet;
  readonly ids: OperationIds;
  readonly operations: Operations;
  /** The client's address, through trusted proxies. */
  readonly address: string;
  readonly memory: MemoryAccount;
  /** From connection_init: `Bearer …` or the bare token. */
  authorization?: string;
}
