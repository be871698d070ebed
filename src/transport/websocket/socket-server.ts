import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { BlockList } from 'node:net';
import type { Duplex } from 'node:stream';
import { handleProtocols, type Server } from 'graphql-ws';
import { WebSocketServer, type ServerOptions } from 'ws';
import type { Config } from '../../platform/config/config.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { AddressCounter } from '../../http/address-counter.ts';
import { clientAddress } from '../../http/client-address.ts';
import type { Departures } from '../../http/connection-drainer.ts';
import { targetOf } from '../../http/request-context.ts';
import { MemoryAccount } from '../../graphql/engine/kept-memory.ts';
import { keptLimits } from '../../graphql/engine/limits.ts';
import { socketLimits } from '../limits.ts';
import type { MemoryBudget } from '../memory-budget.ts';
import { RequestError } from '../../platform/request-error.ts';
import { adaptSocket } from './adapt-socket.ts';
import { closeCodes, closeSocket } from './close-socket.ts';
import { OperationIds } from './operation-ids.ts';
import { Operations } from './operations.ts';
import type { SocketExtra } from './socket-extra.ts';
import { originAllowed } from './origin.ts';
import { SocketOutlet } from './socket-send-buffer.ts';

export interface SocketServerContext {
  readonly protocol: Server<SocketExtra>;
  readonly limits: Config['sockets'];
  readonly origins: readonly string[];
  readonly proxies: BlockList;
  readonly sockets: AddressCounter;
  readonly memory: MemoryBudget;
  readonly stopping: AbortSignal;
  readonly departures: Departures;
  readonly logger: Logger;
}

/**
 * Takes WebSockets at `/graphql`; when the server stops they are told to come back elsewhere (1001), in waves. Returns
 * what ends those that did not answer to that.
 */
export function acceptSockets(http: HttpServer, ctx: SocketServerContext): () => void {
  const { limits, departures } = ctx;
  // `closeTimeout` is not among the declared options.
  // guard: chunks-per-message
  // guard: fragments-per-message
  const options: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    maxPayload: limits.messageBytesMax, // guard: socket-message-size
    maxFragments: socketLimits.fragmentsMax,
    maxBufferedChunks: socketLimits.bufferedChunksMax,
    closeTimeout: socketLimits.closeTimeoutMs, // guard: close-timeout
    // A hundred kilobytes of memory for each socket, for messages that are small or base64.
    perMessageDeflate: false,
    autoPong: false,
    handleProtocols,
  };
  const sockets = new WebSocketServer(options);
  http.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', (error) => ctx.logger.debug({ err: error }, 'upgrade aborted'));
    const status = refusal(ctx, req);
    const address = clientAddress(req, ctx.proxies);
    const release = status === null ? takePlace(ctx, address) : status;
    if (typeof release === 'number') return refuse(socket, release);
    socket.once('close', release);
    sockets.handleUpgrade(req, socket, head, (webSocket) => {
      const outlet = new SocketOutlet(webSocket, socket, limits);
      const operations = new Operations();
      const extra = {
        outlet,
        ids: new OperationIds(),
        operations,
        address,
        memory: new MemoryAccount(keptLimits.socketBytesMax),
      };
      adaptSocket(webSocket, extra, { ...ctx, ...limits });
      const leave = () => {
        // Nothing more is taken, and what was is answered first.
        webSocket.pause(); // guard: leaving-socket-not-read
        operations.whenAnswered(() =>
          closeSocket(webSocket, closeCodes.goingAway, 'Server is shutting down'),
        );
      };
      webSocket.once('close', departures.add(leave));
    });
  });
  return () => {
    for (const socket of sockets.clients) socket.terminate();
  };
}

/** Returns what gives the place of a socket back, or the status of the refusal. */
function takePlace({ sockets, memory }: SocketServerContext, address: string): (() => void) | number {
  const release = sockets.acquire(address);
  if (release === null) return 429;
  try {
    // guard: socket-base-memory
    const free = memory.take(address, { document: null, documentBytes: 0, ownBytes: keptLimits.socketBytes });
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

function refusal(ctx: SocketServerContext, req: IncomingMessage): number | null {
  if (targetOf(req).path !== '/graphql') return 404;
  if (ctx.stopping.aborted) return 503; // guard: no-socket-while-stopping
  if (req.method !== 'GET') return 405;
  return originAllowed(req, ctx.origins) ? null : 403; // guard: socket-origin
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
