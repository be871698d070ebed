import { MessageType, type Server } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import { UncheckedTokenError } from '../../identity/token-errors.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { uuidV7 } from '../../platform/uuid.ts';
import { socketLimits } from '../limits.ts';
import { runInRequest } from '../../platform/request-scope.ts';
import { closeCodes, closeSocket } from './close-socket.ts';
import { keepAlive } from './keep-alive.ts';
import { MessageBudget } from './token-bucket.ts';
import type { SocketExtra } from './socket-extra.ts';
import type { SocketOutlet } from './socket-send-buffer.ts';

export interface SocketContext {
  readonly protocol: Server<SocketExtra>;
  readonly messagesPerSecondMax: number;
  readonly stuckMs: number;
  readonly logger: Logger;
}

/**
 * Ties a socket to the protocol. graphql-ws has an adapter of its own, which leaves a rejected promise unhandled when a
 * subscription can't be ended, passes a client's long id on as a close reason (`ws` throws), and counts no messages.
 */
export function adaptSocket(
  socket: WebSocket,
  extra: SocketExtra,
  { protocol, messagesPerSecondMax, stuckMs, logger }: SocketContext,
): void {
  const fail = (error: unknown) => {
    if (error instanceof UncheckedTokenError)
      return closeSocket(socket, closeCodes.tryAgainLater, error.message);
    logger.error({ err: error }, 'websocket failed');
    closeSocket(socket, closeCodes.tryAgainLater, 'Internal server error');
  };
  socket.on('error', (error) => logger.debug({ err: error }, 'websocket error'));
  const limits = { everyMs: socketLimits.pingEveryMs, answerMs: stuckMs };
  keepAlive(socket, limits, () => extra.outlet.clogged);
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => {
        const told = extra.ids.outgoing(data);
        return told === null ? Promise.resolve() : send(socket, extra.outlet, told);
      },
      close: (code, reason) => closeSocket(socket, code ?? closeCodes.tryAgainLater, reason ?? ''),
      onMessage: (handle) =>
        onText(socket, extra.outlet, { budget: new MessageBudget(messagesPerSecondMax), fail }, (text) => {
          const message = extra.ids.incoming(text);
          if (message === null) return;
          if ('code' in message) return closeSocket(socket, message.code, message.reason);
          const work = () => runInRequest(uuidV7(), () => handle(JSON.stringify(message)).catch(fail));
          if (message.type === MessageType.Subscribe) extra.operations.run(message.id, work);
          else void work();
        }),
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    extra.operations.endAll();
    closed(code, reason.toString()).catch((error: unknown) =>
      logger.error({ err: error }, 'failed to end a subscription'),
    );
  });
}

/** Resolves when the socket has taken the bytes. Producers wait for it before they send more. */
function send(socket: WebSocket, outlet: SocketOutlet, data: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    // guard: unread-responses-limit
    if (outlet.unsent > socketLimits.unsentBytesMax) {
      closeSocket(socket, closeCodes.readerTooSlow, 'Responses were not read in time');
      return resolve();
    }
    // An answer can't be skipped; but who does not read it has no more time than any other reader.
    heed(outlet, data.length);
    // A failure to send is followed by `close`, which ends everything.
    socket.send(data, () => resolve());
  });
}

/** Starts the clock on a reader whose unsent bytes are too many: it is closed if they don't drain in time. */
function heed(outlet: SocketOutlet, bytes: number): boolean {
  const room = outlet.hasRoom(bytes);
  if (!room) outlet.drained(() => undefined);
  return room;
}

interface TextOptions {
  readonly budget: MessageBudget;
  /** Nothing may leave a listener: it would end the process. */
  readonly fail: (error: unknown) => void;
}

function onText(
  socket: WebSocket,
  outlet: SocketOutlet,
  { budget, fail }: TextOptions,
  handle: (text: string) => unknown,
): void {
  const take = () => {
    if (budget.take()) return true; // guard: socket-message-rate
    closeSocket(socket, closeCodes.tooManyMessages, 'Too many messages');
    return false;
  };
  // Not left to `ws`: it would answer one who never reads with ever more bytes that wait.
  socket.on('ping', (data: Buffer) => {
    if (take() && heed(outlet, data.length)) socket.pong(data); // guard: unread-pings-limit
  });
  socket.on('pong', take);
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (socket.readyState !== socket.OPEN || !take()) return;
    if (isBinary) return closeSocket(socket, closeCodes.unsupportedData, 'Text only');
    try {
      handle((data as Buffer).toString('utf8'));
    } catch (error) {
      fail(error);
    }
  });
}
