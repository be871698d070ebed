import http from 'node:http';
import https from 'node:https';
import { json } from 'node:stream/consumers';
import { isLoopback } from './arguments.ts';

/** Number of local addresses of one group of clients. */
const ADDRESSES = 250;

/**
 * Returns the local address of a client of a server on this machine, or undefined for any other server. With many addresses,
 * the limits per address stay on as they are. k6 uses 127.0.1.0/24, and the runner's groups are 2 and 3.
 */
export function localAddressFor(url: string, group: 2 | 3, client: number): string | undefined {
  return isLoopback(new URL(url)) ? `127.0.${group}.${1 + (client % ADDRESSES)}` : undefined;
}

/** Sends a GraphQL request and returns its data. @throws if there are errors. */
export async function post<T>(url: string, query: string, variables: object = {}, client = 0): Promise<T> {
  const { request } = url.startsWith('https:') ? https : http;
  const localAddress = localAddressFor(url, 3, client);
  const body = JSON.stringify({ query, variables });
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const sent = request(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end(body);
  });
  const answer = (await json(response)) as { data?: T | null; errors?: unknown };
  if (answer.data == null || answer.errors !== undefined)
    throw new Error(`${url} answered ${JSON.stringify(answer).slice(0, 500)}`);
  return answer.data;
}

const SESSIONS_AT_ONCE = 16;

/** Starts a guest session for each buyer and returns the tokens. */
export async function startSessions(url: string, buyers: number): Promise<string[]> {
  const tokens: string[] = [];
  let next = 0;
  const start = async (): Promise<void> => {
    while (next < buyers) {
      const answer = await post<{ startGuestSession: { token: string } }>(
        url,
        'mutation { startGuestSession { token } }',
        {},
        next++,
      );
      tokens.push(answer.startGuestSession.token);
    }
  };
  await Promise.all(Array.from({ length: SESSIONS_AT_ONCE }, start));
  return tokens;
}
