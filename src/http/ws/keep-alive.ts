import type { WebSocket } from 'ws';

/** Pings, so that no proxy takes the connection for dead, and ends sockets whose peer no longer answers. */
export function keepAlive(socket: WebSocket, everyMs: number): void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}
