import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { serveApi } from '../../../src/main/api.ts';
import { createContext, type AppContext, type ContextOverrides } from '../../../src/main/context.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import type { Role } from '../../../src/identity/viewer.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';

export interface HttpFixture {
  readonly context: AppContext;
  readonly redis: TestRedis;
  readonly hall: Hall;
  readonly eventId: string;
  seatId(index: number): string;
  readonly port: number;
  readonly url: string;
  token(role?: Role): Promise<string>;
  /** Sends a POST to /graphql. */
  post(body: string | object, headers?: Record<string, string>): Promise<Response>;
  /** Stops only the server, as a signal does. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the whole API in this process, with an event on sale and its own services. */
export async function startHttp(
  environment: Record<string, string> = {},
  overrides: ContextOverrides = {},
): Promise<HttpFixture> {
  const [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  const config = loadConfig({
    DATABASE_URL: database.url,
    ...redis.env,
    AUTH_SECRET: randomUUID(),
    HOST: '127.0.0.1',
    PORT: '0',
    FEED_TICK_MS: '10',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'silent',
    ...environment,
  });
  const context = await createContext(config, overrides);
  const hall = await createHall(context.database.reads);
  const server = await serveApi(context);
  const url = `http://127.0.0.1:${server.port}`;
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.stop());
  return {
    context,
    redis,
    hall,
    eventId: encodeEventId(hall.eventId),
    seatId: (index) => encodeSeatId(hall.eventId, index),
    port: server.port,
    url,
    token: async (role = 'BUYER') => (await context.identity.issue({ userId: randomUUID(), role })).token,
    post: (body, headers = {}) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    stop,
    async close() {
      await stop();
      await context.close();
      await redis.stop();
      await database.drop();
    },
  };
}

interface OpenOptions {
  readonly path?: string;
  readonly protocol?: string;
  readonly origin?: string;
  readonly headers?: Record<string, string>;
}

/** A WebSocket without a client library: it sends and receives whole messages. */
export class RawSocket {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly #messages: Record<string, unknown>[] = [];
  #wake: () => void = () => undefined;
  #over = false;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#messages.push(JSON.parse(data.toString('utf8')) as Record<string, unknown>);
      this.#wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        this.#over = true;
        this.#wake();
        resolve(code);
      });
    });
  }

  static async open(
    port: number,
    { path = '/graphql', protocol = 'graphql-transport-ws', ...options }: OpenOptions = {},
  ): Promise<RawSocket> {
    const raw = new RawSocket(new WebSocket(`ws://127.0.0.1:${port}${path}`, protocol, options));
    await once(raw.socket, 'open');
    return raw;
  }

  static async init(port: number, payload?: object, options: OpenOptions = {}): Promise<RawSocket> {
    const raw = await RawSocket.open(port, options);
    raw.send({ type: 'connection_init', ...(payload === undefined ? {} : { payload }) });
    const ack = await raw.next();
    if (ack['type'] !== 'connection_ack') throw new Error(`no ack but ${JSON.stringify(ack)}`);
    return raw;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends the messages of `send` in one chunk. */
  together(sends: () => void): void {
    const { _socket: stream } = this.socket as unknown as { readonly _socket: Socket };
    stream.cork();
    sends();
    stream.uncork();
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** Returns the next message, for one caller at a time. Rejects if the socket closes first. */
  async next(): Promise<Record<string, unknown>> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#over) throw new Error('the socket is closed');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async take(count: number): Promise<Record<string, unknown>[]> {
    const messages: Record<string, unknown>[] = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }
}

/** Returns the HTTP status with which an upgrade is refused. */
export async function refusalOf(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, 'graphql-transport-ws', { headers });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  socket.terminate();
  return response.statusCode;
}

/** Writes bytes to the server. Returns everything that it sends until it closes the connection. */
export async function rawExchange(port: number, ...chunks: readonly (string | Buffer)[]): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => (answer += data.toString('latin1')));
  // A server may also close with a reset.
  socket.on('error', () => undefined);
  const hungUp = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  for (const chunk of chunks) socket.write(chunk);
  await hungUp;
  return answer;
}
