import http from 'node:http';
import https from 'node:https';
import { json } from 'node:stream/consumers';
import { isLoopback } from './arguments.ts';

/** Number of networks (/24) of one group of clients, and of addresses in each. */
const NETWORKS = 250;
const ADDRESSES = 250;
const K6_ADDRESSES = 1_000;

/** The address of a client. Clients with adjacent numbers are in different networks. */
function toAddress(group: 1 | 2 | 3, client: number): string {
  const network = client % NETWORKS;
  const host = 1 + (Math.floor(client / NETWORKS) % ADDRESSES);
  return `127.${group}.${network}.${host}`;
}

/**
 * Returns the local address of a client of a server on this machine, or undefined for any other server. With many addresses
 * and networks, the limits of each stay on as they are. Group 2 is the watchers, and group 3 those that start sessions.
 */
export function localAddressFor(url: string, group: 2 | 3, client: number): string | undefined {
  return isLoopback(new URL(url)) ? toAddress(group, client) : undefined;
}

/** Returns the local addresses that k6 gives its virtual users in turn. */
export function listK6Addresses(): string[] {
  return Array.from({ length: K6_ADDRESSES }, (_, client) => toAddress(1, client));
}

interface PostOptions {
  /** Local address of the client. Default: that of the first client of group 3. */
  readonly localAddress?: string | undefined;
  /** Access token of the client. */
  readonly token?: string | undefined;
  /** Connections of the client. Default: those of this process. */
  readonly agent?: http.Agent;
}

/** Sends a GraphQL request and returns its data. @throws if there are errors. */
export async function post<T>(
  url: string,
  query: string,
  variables: object = {},
  { localAddress = localAddressFor(url, 3, 0), token, agent }: PostOptions = {},
): Promise<T> {
  const { request } = url.startsWith('https:') ? https : http;
  const body = JSON.stringify({ query, variables });
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const sent = request(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(agent === undefined ? {} : { agent }),
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
        { localAddress: localAddressFor(url, 3, next++) },
      );
      tokens.push(answer.startGuestSession.token);
    }
  };
  await Promise.all(Array.from({ length: SESSIONS_AT_ONCE }, start));
  return tokens;
}
