import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Client of the measured server. */
export interface BlocksClient {
  readonly get: (path: string) => Promise<void>;
  /** Returns the response's data. @throws if the response has no data, or if a result is not one of the `expected` types. */
  readonly ask: (
    query: string,
    variables?: object,
    token?: string,
    expected?: readonly string[],
  ) => Promise<unknown>;
  /** Subscribes and resolves after the first message. The socket stays open. */
  readonly watch: (query: string, variables: object) => Promise<WebSocket>;
}

export function createBlocksClient(port: number): BlocksClient {
  const base = `http://127.0.0.1:${port}`;
  return {
    async get(path) {
      const response = await fetch(`${base}${path}`);
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
    },
    async ask(query, variables = {}, token = '', expected = []) {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      };
      const body = JSON.stringify({ query, variables });
      const reply = await fetch(`${base}/graphql`, { method: 'POST', headers, body });
      const response = (await reply.json()) as { data?: Record<string, { __typename?: string }> };
      const [result] = Object.values(response.data ?? {});
      const right = expected.length === 0 || expected.includes(result?.__typename ?? '');
      if (result == null || !right) throw new Error(JSON.stringify(response).slice(0, 1_000));
      return result;
    },
    async watch(query, variables) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
      await once(socket, 'open');
      socket.send('{"type":"connection_init"}');
      await once(socket, 'message');
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
      const [data] = (await once(socket, 'message')) as [Buffer];
      const message = JSON.parse(data.toString()) as { type: string };
      if (message.type !== 'next') throw new Error(data.toString());
      return socket;
    },
  };
}
