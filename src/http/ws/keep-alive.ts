import type { WebSocket } from 'ws';

export interface KeepAliveLimits {
  readonly everyMs: number;
  /** From a ping to its answer: it waits behind all that is on its way, which the kernel may hold megabytes of. */
  readonly answerMs: number;
}

/**
 * Pings, so that no proxy takes the connection for dead, and ends sockets whose peer no longer answers. One that is
 * `clogged` could not answer, and has a deadline of its own.
 */
export function keepAlive(
  socket: WebSocket,
  { everyMs, answerMs }: KeepAliveLimits,
  clogged: () => boolean,
): void {
  let unansweredMs = 0;
  socket.on('pong', () => (unansweredMs = 0));
  const timer = setInterval(() => {
    if (clogged()) {
      unansweredMs = 0;
      return;
    }
    if (unansweredMs >= answerMs) return socket.terminate();
    // Those that follow the one that is not answered are counted with it.
    unansweredMs += everyMs;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}
