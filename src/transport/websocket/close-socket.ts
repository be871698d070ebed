import type { WebSocket } from 'ws';

/** A close frame has room for this many bytes; `ws` throws beyond. */
const REASON_BYTES_MAX = 123;

export const closeCodes = {
  goingAway: 1001,
  unsupportedData: 1003,
  /** It failed. The protocol's 4500 would say so too, but tells graphql-ws's client never to come back. */
  tryAgainLater: 1013, // guard: retry-close-code
  /** A message was begun and not finished within the deadline. */
  messageTimeout: 1008,
  tooManyMessages: 4429,
  /** Ours, not the protocol's: the reader was too far behind for too long. Clients come back, and resume. */
  readerTooSlow: 4508,
} as const;

export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState !== socket.OPEN) return;
  const fits = Buffer.byteLength(reason) <= REASON_BYTES_MAX;
  socket.close(code, fits ? reason : '');
  // Where it was paused: its peer's close frame is still to come.
  socket.resume(); // guard: closed-socket-read-again
}
