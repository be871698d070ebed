import type { WebSocket } from 'ws';
import { closeCodes, closeSocket } from './close-socket.ts';

export interface KeepAliveLimits {
  readonly everyMs: number;
  /** From a ping to its pong. The ping waits behind all unsent bytes, megabytes of which the kernel may hold. */
  readonly pongTimeoutMs: number;
}

/** Internals of `ws` that show whether a message has begun and not ended. */
interface Receiving {
  readonly _receiver?: {
    readonly _bufferedBytes: number;
    readonly _fragments: readonly unknown[];
  };
}

/**
 * Sends pings, so that proxies keep the connection open, and terminates sockets whose peer no longer answers. A slow
 * consumer cannot answer, and has a deadline of its own. Closes a socket whose message is unfinished for a whole interval,
 * because its fragments are kept in memory.
 */
export function keepAlive(
  socket: WebSocket,
  { everyMs, pongTimeoutMs }: KeepAliveLimits,
  isSlow: () => boolean,
): void {
  let unansweredMs = 0;
  let messages = 0;
  let messagesWhenUnfinished: number | null = null;
  socket.on('pong', () => (unansweredMs = 0));
  socket.on('message', () => messages++);
  const timer = setInterval(() => {
    if (isSlow()) {
      unansweredMs = 0;
      messagesWhenUnfinished = null;
      return;
    }
    // guard: unfinished-message-timeout
    if (messagesWhenUnfinished === messages && isUnfinished(socket))
      return closeSocket(socket, closeCodes.messageTimeout, 'Message was not complete in time');
    messagesWhenUnfinished = isUnfinished(socket) ? messages : null;
    if (unansweredMs >= pongTimeoutMs) return socket.terminate(); // guard: silent-peer-terminated
    // The timeout counts from the first unanswered ping.
    unansweredMs += everyMs;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}

function isUnfinished(socket: WebSocket): boolean {
  const receiver = (socket as Receiving)._receiver;
  return receiver !== undefined && (receiver._bufferedBytes > 0 || receiver._fragments.length > 0);
}
