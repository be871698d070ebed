import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { BlockList } from 'node:net';
import type { Duplex } from 'node:stream';
import { handleProtocols, type Server } from 'graphql-ws';
import { WebSocketServer, type ServerOptions } from 'ws';
import { keptLimits } from '../../graphql/engine/limits.ts';
import type { ConnectionDrainer, EndReason } from '../../http/connection-drainer.ts';
import type { AddressCounter } from '../../http/connection-limits.ts';
import { createScope, parseTarget, resolveClientAddress } from '../../http/request-context.ts';
import type { Config } from '../../platform/config/config.ts';
import { createFastLogger, type Logger } from '../../platform/observability/logger.ts';
import { RequestError } from '../../platform/request-error.ts';
import { socketLimits } from '../limits.ts';
import { type MemoryBudget, MemoryAccount } from '../memory-budget.ts';
import { adaptSocket } from './adapt-socket.ts';
import { closeCodes, closeSocket } from './close-socket.ts';
import type { SocketExtra } from './graphql-protocol.ts';
import { OperationIds } from './operation-ids.ts';
import { Operations } from './operations.ts';
import { logSocket } from './socket-log.ts';
import { SocketSendBuffer } from './socket-send-buffer.ts';

export interface SocketServerContext {
  readonly protocol: Server<SocketExtra>;
  readonly limits: Config['sockets'];
  readonly origins: readonly string[];
  readonly proxies: BlockList;
  readonly sockets: AddressCounter;
  readonly memory: MemoryBudget;
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
  const { limits, drainer } = ctx;
  const accessLogger = createFastLogger(ctx.logger);
  // The declared options lack `closeTimeout`.
  // guard: chunks-per-message
  // guard: fragments-per-message
  const options: ServerOptions & { readonly closeTimeout: number } = {
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
  const sockets = new WebSocketServer(options);
  http.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', (error) => ctx.logger.debug({ err: error }, 'upgrade aborted'));
    const status = findRefusal(ctx, req);
    const address = resolveClientAddress(req, ctx.proxies);
    const release = status === null ? acquireSlot(ctx, address) : status;
    if (typeof release === 'number') return refuse(socket, release);
    socket.once('close', release);
    sockets.handleUpgrade(req, socket, head, (webSocket) => {
      const operations = new Operations(ctx.logger);
      const extra = {
        sendBuffer: new SocketSendBuffer(webSocket, socket, limits),
        ids: new OperationIds(),
        operations,
        address,
        memory: new MemoryAccount(keptLimits.socketBytesMax),
      };
      logSocket(accessLogger, address, createScope(req), webSocket);
      adaptSocket(webSocket, extra, { ...ctx, ...limits, accessLogger });
      const drain = (reason: EndReason) => {
        // Accepts nothing more, and answers what was accepted first.
        webSocket.pause(); // guard: leaving-socket-not-read
        operations.onceAnswered(() => closeSocket(webSocket, closeCodes.goingAway, closeReasons[reason]));
      };
      webSocket.once('close', drainer.add(drain));
    });
  });
  return () => {
    for (const socket of sockets.clients) socket.terminate();
  };
}

/** Acquires the slot of a socket. Returns a function that releases it, or the status of the refusal. */
function acquireSlot({ sockets, memory }: SocketServerContext, address: string): (() => void) | number {
  const release = sockets.acquire(address);
  if (release === null) return 429;
  try {
    // guard: socket-base-memory
    const kept = { document: null, documentBytes: 0, ownBytes: keptLimits.socketBytes };
    const free = memory.reserve(address, kept);
    return () => {
      release();
      free();
    };
  } catch (error) {
    release();
    if (error instanceof RequestError) return error.status;
    throw error;
  }
}

/** Returns the status with which to refuse an upgrade; null to accept it. */
function findRefusal(ctx: SocketServerContext, req: IncomingMessage): number | null {
  if (parseTarget(req).path !== '/graphql') return 404;
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
