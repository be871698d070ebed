import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { BlockList } from 'node:net';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { keptLimits } from '../../graphql/engine/limits.ts';
import type { ConnectionDrainer, EndReason } from '../../http/connection-drainer.ts';
import type { AddressCounter } from '../../http/connection-limits.ts';
import { createScope, parseTarget, resolveClientAddress } from '../../http/request-context.ts';
import type { Config } from '../../platform/config/config.ts';
import { createFastLogger, type Logger } from '../../platform/observability/logger.ts';
import { RequestError } from '../../platform/request-error.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import { socketLimits } from '../limits.ts';
import { Connection, type ConnectionContext } from './connection.ts';
import { createGraphQLProtocol } from './graphql-protocol.ts';
import { KeepAlive } from './keep-alive.ts';
import type { OperationContext } from './run-socket-operation.ts';

export interface SocketServerContext extends OperationContext {
  readonly limits: Config['sockets'];
  readonly origins: readonly string[];
  readonly proxies: BlockList;
  readonly sockets: AddressCounter;
  readonly stopping: AbortSignal;
  readonly drainer: ConnectionDrainer;
  readonly logger: Logger;
}

const closeReasons: Readonly<Record<EndReason, string>> = {
  stopping: 'Server is shutting down',
  age: 'Connection reached its maximum age',
};

/**
 * Accepts WebSockets at `/graphql`. When the server stops, it closes them with 1001 in waves. Returns a function that
 * terminates those that are still open.
 */
export function acceptSockets(http: HttpServer, ctx: SocketServerContext): () => void {
  const { limits, logger } = ctx;
  const sockets = new WebSocketServer(createOptions(limits));
  const connectionCtx: ConnectionContext = {
    ...ctx,
    protocol: createGraphQLProtocol({ identity: ctx.identity, initTimeoutMs: limits.initTimeoutMs }),
    keepAlive: new KeepAlive({ everyMs: socketLimits.pingEveryMs, pongTimeoutMs: limits.stuckMs }),
    accessLogger: createFastLogger(logger),
  };
  const onError = (error: Error) => logger.debug({ err: error }, 'upgrade aborted');
  http.on('upgrade', (req: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', onError);
    const status = findRefusal(ctx, req);
    const address = resolveClientAddress(req, ctx.proxies);
    const refusal = status ?? acquireSlot(ctx, address, stream);
    if (refusal !== null) return refuse(stream, refusal);
    sockets.handleUpgrade(req, stream, head, (socket) =>
      connect(ctx, connectionCtx, { socket, stream, address, scope: createScope(req) }),
    );
  });
  return () => {
    for (const socket of sockets.clients) socket.terminate();
  };
}

// The declared options lack `closeTimeout`.
function createOptions(limits: Config['sockets']): ServerOptions & { readonly closeTimeout: number } {
  // guard: chunks-per-message
  // guard: fragments-per-message
  return {
    noServer: true,
    maxPayload: limits.messageBytesMax, // guard: socket-message-size
    maxFragments: socketLimits.fragmentsMax,
    maxBufferedChunks: socketLimits.bufferedChunksMax,
    closeTimeout: socketLimits.closeTimeoutMs, // guard: close-timeout
    // It takes 100 KB of memory per socket, and the messages are small or base64.
    perMessageDeflate: false,
    autoPong: false,
    handleProtocols,
  };
}

interface AcceptedSocket {
  readonly socket: WebSocket;
  /** The connection beneath the socket. */
  readonly stream: Duplex;
  readonly address: string;
  readonly scope: RequestScope;
}

/** Does not get the request of the upgrade: what lasts as long as the socket would retain it. */
function connect(
  { drainer }: SocketServerContext,
  ctx: ConnectionContext,
  { socket, stream, address, scope }: AcceptedSocket,
): void {
  const connection = new Connection(ctx, socket, stream, { address, scope });
  socket.on(
    'close',
    drainer.add((reason) => connection.drain(closeReasons[reason])),
  );
}

/** Acquires the slot of a socket until its stream closes. Returns null, or the status of the refusal. */
function acquireSlot(
  { sockets, memory }: SocketServerContext,
  address: string,
  stream: Duplex,
): number | null {
  const release = sockets.acquire(address);
  if (release === null) return 429;
  try {
    // guard: socket-base-memory
    const kept = { document: null, documentBytes: 0, ownBytes: keptLimits.socketBytes };
    const free = memory.reserve(address, kept);
    stream.on('close', () => {
      release();
      free();
    });
    return null;
  } catch (error) {
    release();
    if (error instanceof RequestError) return error.status;
    throw error;
  }
}

/** Returns the status with which to refuse an upgrade; null to accept it. */
function findRefusal(ctx: SocketServerContext, req: IncomingMessage): number | null {
  if (parseTarget(req).path !== '/graphql') return 404;
  if (!ctx.roles.has('sockets')) return 421; // guard: upgrade-served
  if (ctx.stopping.aborted) return 503; // guard: no-socket-while-stopping
  if (req.method !== 'GET') return 405;
  return isOriginAllowed(req, ctx.origins) ? null : 403; // guard: socket-origin
}

/**
 * Checks the origin of the page. Browsers let every page open a WebSocket to any server; this server allows its own pages
 * and those of the configured origins. A client that sends no `Origin` is not a browser, and needs only its token.
 */
function isOriginAllowed(req: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = req.headers;
  if (origin === undefined) return true;
  if (origins.includes(origin)) return true;
  // Compares hosts, not schemes: a proxy that terminates TLS passes on the host, and only the proxy knows the scheme.
  const url = URL.parse(origin);
  return (
    url !== null && url.host !== '' && host !== undefined && url.host === normalizeHost(url.protocol, host)
  );
}

/** Writes a host as URLs do: in lower case, without the default port of the scheme. */
function normalizeHost(protocol: string, host: string): string | undefined {
  return URL.parse(`${protocol}//${host}`)?.host;
}

function refuse(socket: Duplex, status: number): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Length: 0',
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
}
