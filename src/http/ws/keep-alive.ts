import type { WebSocket } from 'ws';

/**
 * Pings, so that no proxy takes the connection for dead, and ends sockets whose peer no longer answers. One that is
 * `clogged` could not answer, and has a deadline of its own.
 */
export function keepAlive(socket: WebSocket, everyMs: number, clogged: () => boolean): void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (clogged()) {
      answered = true;
      return;
    }
    if (!answered) return socket.terminate();
    answered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}
