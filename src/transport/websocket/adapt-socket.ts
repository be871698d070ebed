import { MessageType, type Server } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import { UncheckedTokenError } from '../../identity/token-errors.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { startSpan } from '../../platform/observability/tracing.ts';
import { createRequestScope, runInRequest } from '../../platform/request-scope.ts';
import { socketLimits } from '../limits.ts';
import { closeCodes, closeSocket } from './close-socket.ts';
import type { SocketExtra } from './graphql-protocol.ts';
import { keepAlive } from './keep-alive.ts';
import { logOperation } from './socket-log.ts';
import type { SocketSendBuffer } from './socket-send-buffer.ts';
import { TokenBucket } from './token-bucket.ts';

export interface SocketContext {
  readonly protocol: Server<SocketExtra>;
  readonly messagesPerSecondMax: number;
  readonly stuckMs: number;
  readonly logger: Logger;
  /** A fast logger. */
  readonly accessLogger: Logger;
}

/**
 * Connects a socket to the protocol. The adapter of graphql-ws is not used: it leaves a rejected promise unhandled if a
 * subscription fails to end, uses a long operation ID as a close reason (`ws` throws), and does not limit messages.
 */
export function adaptSocket(
  socket: WebSocket,
  extra: SocketExtra,
  { protocol, messagesPerSecondMax, stuckMs, logger, accessLogger }: SocketContext,
): void {
  const onError = (error: unknown) => {
    if (error instanceof UncheckedTokenError)
      return closeSocket(socket, closeCodes.tryAgainLater, error.message);
    logger.error({ err: error }, 'websocket failed');
    closeSocket(socket, closeCodes.tryAgainLater, 'Internal server error');
  };
  socket.on('error', (error) => logger.debug({ err: error }, 'websocket error'));
  const limits = { everyMs: socketLimits.pingEveryMs, pongTimeoutMs: stuckMs };
  keepAlive(socket, limits, () => extra.sendBuffer.isFull);
  const onClosed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => {
        const message = extra.ids.outgoing(data);
        return message === null ? Promise.resolve() : send(socket, extra.sendBuffer, message);
      },
      close: (code, reason) => closeSocket(socket, code ?? closeCodes.tryAgainLater, reason ?? ''),
      onMessage: (handle) =>
        onText(
          socket,
          extra.sendBuffer,
          { bucket: new TokenBucket(messagesPerSecondMax), onError },
          (text) => {
            const message = extra.ids.incoming(text);
            if (message === null) return;
            if ('code' in message) return closeSocket(socket, message.code, message.reason);
            const isOperation = message.type === MessageType.Subscribe;
            const span = isOperation ? startSpan({ name: 'operation', kind: 'server' }, null) : null;
            const scope = createRequestScope(span?.context);
            const work = () => runInRequest(scope, () => handle(JSON.stringify(message)).catch(onError));
            if (!isOperation) return void work();
            const operation = { scope, span, address: extra.address };
            extra.operations.run(message.id, () => logOperation(accessLogger, operation, work));
          },
        ),
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    extra.operations.endAll();
    onClosed(code, reason.toString()).catch((error: unknown) =>
      logger.error({ err: error }, 'failed to end a subscription'),
    );
  });
}

/** Sends a message. Resolves when the socket has accepted it; producers wait for that before they send more. */
function send(socket: WebSocket, buffer: SocketSendBuffer, data: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    // guard: unread-responses-limit
    if (buffer.unsentBytes > socketLimits.unsentBytesMax) {
      closeSocket(socket, closeCodes.slowConsumer, 'Responses were not read in time');
      return resolve();
    }
    // A response cannot be skipped, but its consumer has no more time to read than any other.
    checkRoom(buffer, data.length);
    // A failure to send is followed by `close`, which ends everything.
    socket.send(data, () => resolve());
  });
}

/** Returns whether the buffer has room. If not, the socket is closed unless the buffer drains in time. */
function checkRoom(buffer: SocketSendBuffer, bytes: number): boolean {
  const hasRoom = buffer.hasRoom(bytes);
  if (!hasRoom) buffer.onDrain(() => undefined);
  return hasRoom;
}

interface TextOptions {
  readonly bucket: TokenBucket;
  /** Handles whatever a listener throws: an uncaught error would end the process. */
  readonly onError: (error: unknown) => void;
}

function onText(
  socket: WebSocket,
  buffer: SocketSendBuffer,
  { bucket, onError }: TextOptions,
  handle: (text: string) => unknown,
): void {
  const checkRate = () => {
    if (bucket.take()) return true; // guard: socket-message-rate
    closeSocket(socket, closeCodes.tooManyMessages, 'Too many messages');
    return false;
  };
  // `ws` would queue pongs without limit for a client that sends pings and reads nothing.
  socket.on('ping', (data: Buffer) => {
    if (checkRate() && checkRoom(buffer, data.length)) socket.pong(data); // guard: unread-pings-limit
  });
  socket.on('pong', checkRate);
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (socket.readyState !== socket.OPEN || !checkRate()) return;
    if (isBinary) return closeSocket(socket, closeCodes.unsupportedData, 'Text only');
    try {
      handle((data as Buffer).toString('utf8'));
    } catch (error) {
      onError(error);
    }
  });
}
