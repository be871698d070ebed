import { postHead, type HttpConnection } from '../../bench/http/http-client.ts';

export const CONNECTIONS = 64;

const startSession = 'mutation { startGuestSession { token } }';

export const anonymousHead = postHead('/graphql', { 'content-type': 'application/json' });

/** Returns a complete request. */
export function post(head: string, query: string, variables: object): string {
  const body = JSON.stringify({ query, variables });
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Starts the session of a guest. Returns the head of the guest's requests. */
export async function createSession(connection: HttpConnection): Promise<string> {
  const { body } = await connection.send(post(anonymousHead, startSession, {}));
  const token = /"token":"([^"]+)"/.exec(body.toString())?.[1];
  if (token === undefined) throw new Error(`no session: ${body.toString()}`);
  return postHead('/graphql', { authorization: `Bearer ${token}`, 'content-type': 'application/json' });
}

/** Runs the work `total` times, one at a time on each connection. */
export async function runAll(
  connections: readonly HttpConnection[],
  total: number,
  work: (connection: HttpConnection, i: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (next < total) await work(connection, next++);
    }),
  );
}
