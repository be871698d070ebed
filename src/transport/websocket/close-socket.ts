import type { WebSocket } from 'ws';

/** Maximum size of the reason in a close frame. `ws` throws if it is longer. */
const REASON_BYTES_MAX = 123;

export const closeCodes = {
  goingAway: 1001,
  unsupportedData: 1003,
  /** A server error. Not 4500 of graphql-transport-ws: clients of graphql-ws never reconnect after it. */
  tryAgainLater: 1013, // guard: retry-close-code
  /** A message was not complete in time. */
  messageTimeout: 1008,
  tooManyMessages: 4429,
  /** A slow consumer was behind for too long. Not part of the protocol: clients reconnect and resume. */
  slowConsumer: 4508,
} as const;

export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState !== socket.OPEN) return;
  const fits = Buffer.byteLength(reason) <= REASON_BYTES_MAX;
  socket.close(code, fits ? reason : '');
  // A paused socket would never read the close frame of its peer.
  socket.resume(); // guard: closed-socket-read-again
}
