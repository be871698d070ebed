import type { WebSocket } from 'ws';
import { closeCodes, closeSocket } from './close-socket.ts';

export interface KeepAliveLimits {
  readonly everyMs: number;
  /** From a ping to its answer: it waits behind all that is on its way, which the kernel may hold megabytes of. */
  readonly answerMs: number;
}

/** Parts of `ws`'s receiver that tell whether a message has begun and not ended. */
interface Receiving {
  readonly _receiver?: {
    readonly _bufferedBytes: number;
    readonly _fragments: readonly unknown[];
  };
}

/**
 * Pings, so that no proxy takes the connection for dead, and ends sockets whose peer no longer answers. One that is
 * `clogged` could not answer, and has a deadline of its own. Closes a socket whose message is still unfinished a whole
 * interval later: its pieces are kept in memory.
 */
export function keepAlive(
  socket: WebSocket,
  { everyMs, answerMs }: KeepAliveLimits,
  clogged: () => boolean,
): void {
  let unansweredMs = 0;
  let messages = 0;
  let messagesWhenUnfinished: number | null = null;
  socket.on('pong', () => (unansweredMs = 0));
  socket.on('message', () => messages++);
  const timer = setInterval(() => {
    if (clogged()) {
      unansweredMs = 0;
      messagesWhenUnfinished = null;
      return;
    }
    // guard: unfinished-message-timeout
    if (messagesWhenUnfinished === messages && isUnfinished(socket))
      return closeSocket(socket, closeCodes.messageTimeout, 'Message was not complete in time');
    messagesWhenUnfinished = isUnfinished(socket) ? messages : null;
    if (unansweredMs >= answerMs) return socket.terminate(); // guard: silent-peer-terminated
    // Those that follow the one that is not answered are counted with it.
    unansweredMs += everyMs;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}

function isUnfinished(socket: WebSocket): boolean {
  const receiver = (socket as Receiving)._receiver;
  return receiver !== undefined && (receiver._bufferedBytes > 0 || receiver._fragments.length > 0);
}
