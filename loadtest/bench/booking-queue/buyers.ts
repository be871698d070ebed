import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { AppContext } from '../../../src/main/context.ts';
import { postHead } from '../http/http-client.ts';

const OPENED_AT_ONCE = 50;
const query = `subscription ($id: ID!) { holdRequestUpdates(holdRequestId: $id) { status result {
  __typename ... on Booking { id status createdAt holdExpiresAt } ... on Error { code message } } } }`;

/** A buyer with a token and an open socket. */
export class StormBuyer {
  /** The head of a request of this buyer. */
  readonly head: string;
  readonly #socket: WebSocket;
  /** What waits for the outcome of each request. */
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  private constructor(token: string, socket: WebSocket) {
    this.head = postHead('/graphql', {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'content-type': 'application/json',
    });
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#receive(data.toString()));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the server closed a socket'));
    });
  }

  static async create({ identity }: AppContext, port: number): Promise<StormBuyer> {
    const { token } = await identity.issue({ userId: randomUUID(), role: 'BUYER' });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    await once(socket, 'message');
    return new StormBuyer(token, socket);
  }

  static async createMany(app: AppContext, port: number, count: number): Promise<StormBuyer[]> {
    const buyers: StormBuyer[] = [];
    while (buyers.length < count) {
      const next = Math.min(OPENED_AT_ONCE, count - buyers.length);
      buyers.push(...(await Promise.all(Array.from({ length: next }, () => StormBuyer.create(app, port)))));
    }
    return buyers;
  }

  /** Watches a request until its seats are held. @throws if it has another outcome. */
  watch(holdRequestId: string): Promise<void> {
    const outcome = Promise.withResolvers<void>();
    this.#waiting.set(holdRequestId, outcome);
    const payload = { query, variables: { id: holdRequestId } };
    this.#socket.send(JSON.stringify({ id: holdRequestId, type: 'subscribe', payload }));
    return outcome.promise;
  }

  close(): void {
    this.#socket.close();
  }

  #receive(text: string): void {
    const { id, type, payload } = JSON.parse(text) as {
      id?: string;
      type: string;
      payload?: { data?: { holdRequestUpdates?: { status: string } } };
    };
    if (type === 'ping') return this.#socket.send('{"type":"pong"}');
    const outcome = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || outcome === undefined) return;
    const status = payload?.data?.holdRequestUpdates?.status;
    if (type === 'next' && status === 'QUEUED') return;
    this.#waiting.delete(id);
    if (type === 'next' && status === 'DONE') outcome.resolve();
    else outcome.reject(new Error(`unexpected outcome: ${text}`));
  }
}
