import type { Server } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { Logger } from '../../platform/logger.ts';
import { uuidV7 } from '../../platform/uuid.ts';
import { socketLimits } from '../limits.ts';
import { inRequest } from '../request-scope.ts';
import { keepAlive } from './keep-alive.ts';
import { MessageBudget } from './message-budget.ts';

/** A close frame has room for this many bytes; `ws` throws beyond. */
const REASON_BYTES_MAX = 123;

export const closeCodes = {
  goingAway: 1001,
  unsupportedData: 1003,
  internalError: 4500,
  tooManyMessages: 4429,
} as const;

/**
 * Ties a socket to the protocol. graphql-ws has an adapter of its own, which leaves a rejected promise unhandled when a
 * subscription can't be ended, passes a client's long id on as a close reason (`ws` throws), and counts no messages.
 */
export function adaptSocket<Extra>(
  socket: WebSocket,
  protocol: Server<Extra>,
  extra: Extra,
  logger: Logger,
): void {
  const fail = (error: unknown) => {
    logger.error({ err: error }, 'websocket failed');
    closeSocket(socket, closeCodes.internalError, 'Internal server error');
  };
  socket.on('error', (error) => logger.debug({ err: error }, 'websocket error'));
  keepAlive(socket, socketLimits.pingEveryMs);
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => send(socket, data),
      close: (code, reason) => closeSocket(socket, code ?? closeCodes.internalError, reason ?? ''),
      onMessage: (handle) => onText(socket, (text) => inRequest(uuidV7(), () => handle(text).catch(fail))),
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    closed(code, reason.toString()).catch((error: unknown) =>
      logger.error({ err: error }, 'a subscription was not ended in order'),
    );
  });
}

export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState !== socket.OPEN) return;
  const fits = Buffer.byteLength(reason) <= REASON_BYTES_MAX;
  socket.close(code, fits ? reason : '');
}

/** Resolves when the bytes are on their way: whoever produces more waits for it. */
function send(socket: WebSocket, data: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    if (socket.bufferedAmount > socketLimits.bufferedBytesMax) {
      socket.terminate();
      return resolve();
    }
    // A failure to send is followed by `close`, which ends everything.
    socket.send(data, () => resolve());
  });
}

function onText(socket: WebSocket, handle: (text: string) => unknown): void {
  const budget = new MessageBudget();
  const take = () => {
    if (budget.take()) return true;
    closeSocket(socket, closeCodes.tooManyMessages, 'Too many messages');
    return false;
  };
  socket.on('ping', take);
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (socket.readyState !== socket.OPEN || !take()) return;
    if (isBinary) return closeSocket(socket, closeCodes.unsupportedData, 'Text only');
    handle((data as Buffer).toString('utf8'));
  });
}
