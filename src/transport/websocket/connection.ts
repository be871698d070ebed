import type { Duplex } from 'node:stream';
import { CloseCode, type Context, type Server, type WebSocket as ProtocolSocket } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { SendBufferLimits } from '../../fanout/send-buffer.ts';
import { keptLimits } from '../../graphql/engine/limits.ts';
import { UncheckedTokenError } from '../../identity/token-errors.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { createRequestScope, runInRequest, type RequestScope } from '../../platform/request-scope.ts';
import { socketLimits } from '../limits.ts';
import { MemoryAccount } from '../memory-budget.ts';
import { readClientMessage } from './client-messages.ts';
import { closeCodes, closeSocket } from './close-socket.ts';
import type { KeepAlive, Peer } from './keep-alive.ts';
import { Operations } from './operations.ts';
import { runSocketOperation, type OperationContext } from './run-socket-operation.ts';
import { logSocket } from './socket-log.ts';
import { SocketSendBuffer } from './socket-send-buffer.ts';
import { TokenBucket } from './token-bucket.ts';

export interface ConnectionContext extends OperationContext {
  readonly protocol: Server<Connection>;
  readonly keepAlive: KeepAlive;
  readonly limits: OperationContext['limits'] & SendBufferLimits & { readonly messagesPerSecondMax: number };
  readonly logger: Logger;
  /** A fast logger. */
  readonly accessLogger: Logger;
}

/**
 * A WebSocket of a client, with all that the server keeps for it. Most sockets are idle and watch an event. So that they
 * take little memory, one object has few closures, and no promise, timer or request that lasts as long as the socket.
 *
 * The adapter of graphql-ws is not used: it leaves a rejected promise unhandled if a subscription fails to end, uses a long
 * operation ID as a close reason (`ws` throws), and does not limit messages.
 */
export class Connection implements ProtocolSocket {
  /** The client's address, through trusted proxies. */
  readonly address: string;
  readonly operations: Operations;
  readonly sendBuffer: SocketSendBuffer;
  readonly memory = new MemoryAccount(keptLimits.socketBytesMax);
  /** From connection_init: `Bearer …` or the bare token. */
  authorization: string | undefined;
  /** The state that graphql-ws keeps; undefined before connection_init. */
  session: Context<Record<string, unknown>, Connection> | undefined;
  readonly scope: RequestScope;
  readonly openedAt = performance.now();
  readonly #ctx: ConnectionContext;
  readonly #socket: WebSocket;
  readonly #bucket: TokenBucket;
  readonly #peer: Peer;
  /** Passes a message to graphql-ws. */
  #passOn: ((text: string) => Promise<void>) | undefined;

  /** `stream` is the connection beneath the socket. */
  constructor(
    ctx: ConnectionContext,
    socket: WebSocket,
    stream: Duplex,
    { address, scope }: { readonly address: string; readonly scope: RequestScope },
  ) {
    this.#ctx = ctx;
    this.#socket = socket;
    this.address = address;
    this.scope = scope;
    this.operations = new Operations(address, ctx.logger, ctx.accessLogger);
    this.sendBuffer = new SocketSendBuffer(socket, stream, ctx.limits);
    this.#bucket = new TokenBucket(ctx.limits.messagesPerSecondMax);
    this.#peer = ctx.keepAlive.add(socket, this.sendBuffer);
    const onClosed = ctx.protocol.opened(this, this);
    socket.on('error', (error) => ctx.logger.debug({ err: error }, 'websocket error'));
    socket.on('ping', (data: Buffer) => this.#onPing(data));
    socket.on('pong', () => this.#onPong());
    socket.on('message', (data: RawData, isBinary: boolean) => this.#onMessage(data, isBinary));
    socket.on('close', (code, reason) => {
      this.#end(code);
      onClosed(code, reason.toString()).catch((error: unknown) => this.#fail(error));
    });
  }

  /** The subprotocol. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  onMessage(passOn: (text: string) => Promise<void>): void {
    this.#passOn = passOn;
  }

  /** Sends a message. Resolves when the socket has accepted it; producers wait for that before they send more. */
  send(data: string): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) return resolve();
      // guard: unread-responses-limit
      if (this.sendBuffer.unsentBytes > socketLimits.unsentBytesMax) {
        this.close(closeCodes.slowConsumer, 'Responses were not read in time');
        return resolve();
      }
      // A response cannot be skipped, but its consumer has no more time to read than any other.
      this.#checkRoom(data.length);
      // A failure to send is followed by `close`, which ends everything.
      socket.send(data, () => resolve());
    });
  }

  close(code: number = closeCodes.tryAgainLater, reason = ''): void {
    closeSocket(this.#socket, code, reason);
  }

  /** Accepts nothing more, answers what was accepted, and then closes the socket. */
  drain(reason: string): void {
    this.#socket.pause(); // guard: leaving-socket-not-read
    this.operations.onceAnswered(() => this.close(closeCodes.goingAway, reason));
  }

  #onPing(data: Buffer): void {
    // `ws` would queue pongs without limit for a client that sends pings and reads nothing.
    if (this.#checkRate() && this.#checkRoom(data.length)) this.#socket.pong(data); // guard: unread-pings-limit
  }

  #onPong(): void {
    this.#peer.onPong();
    this.#checkRate();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.#peer.onMessage();
    if (this.#socket.readyState !== this.#socket.OPEN || !this.#checkRate()) return;
    if (isBinary) return this.close(closeCodes.unsupportedData, 'Text only');
    // An uncaught error would end the process.
    try {
      this.#handle((data as Buffer).toString('utf8'));
    } catch (error) {
      this.#fail(error);
    }
  }

  #handle(text: string): void {
    const message = readClientMessage(text);
    switch (message.kind) {
      case 'subscribe':
        return this.#subscribe(message.id, message.params);
      case 'complete':
        return this.operations.cancel(message.id);
      case 'connection':
        runInRequest(createRequestScope(), () => this.#passOn?.(message.text))?.catch((error: unknown) =>
          this.#fail(error),
        );
        return;
      case 'close':
        return this.close(message.code, message.reason);
    }
  }

  #subscribe(id: string, params: unknown): void {
    if (this.session?.acknowledged !== true) return this.close(CloseCode.Unauthorized, 'Unauthorized');
    const operation = this.operations.open(id);
    if (operation === null)
      return this.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
    runInRequest(operation.scope, () => runSocketOperation(this.#ctx, this, operation, params)).catch(
      (error: unknown) => this.#fail(error),
    );
  }

  /** Limits the messages of the client, pings and pongs included. */
  #checkRate(): boolean {
    if (this.#bucket.take()) return true; // guard: socket-message-rate
    this.close(closeCodes.tooManyMessages, 'Too many messages');
    return false;
  }

  /** Returns whether the buffer has room. If not, the socket is closed unless the buffer drains in time. */
  #checkRoom(bytes: number): boolean {
    const hasRoom = this.sendBuffer.hasRoom(bytes);
    if (!hasRoom) this.sendBuffer.onDrain(() => undefined);
    return hasRoom;
  }

  #fail(error: unknown): void {
    if (error instanceof UncheckedTokenError) return this.close(closeCodes.tryAgainLater, error.message);
    this.#ctx.logger.error({ err: error }, 'websocket failed');
    this.close(closeCodes.tryAgainLater, 'Internal server error');
  }

  #end(code: number): void {
    this.#ctx.keepAlive.remove(this.#peer);
    this.operations.cancelAll();
    logSocket(this.#ctx.accessLogger, this, code);
  }
}
