import { Client, fetchExchange, subscriptionExchange, type TypedDocumentNode } from 'urql';
import { createClient, type Sink } from 'graphql-ws';
import { watchConnection } from '../../seat-feed/watch-connection.ts';
import { learnServerTime } from './clock.ts';
import { StartGuestSessionDocument } from './operations/session.ts';
import { endSession, getToken, setGuest } from './session.ts';

function getHeaders(token = getToken()): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** One connection for all subscriptions. The seat feed and the pages reconnect by themselves. */
export const socket = createClient({
  url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
  connectionParams: () => getHeaders(),
  keepAlive: 10_000,
  retryAttempts: 0,
});
// A page that slept, or changed its network, may have a dead connection. The waiting room must notice it too.
watchConnection(socket);

const REQUEST_TIMEOUT_MS = 20_000;

const timedFetch: typeof fetch = async (input, init) => {
  const sentAt = Date.now();
  const signals = [AbortSignal.timeout(REQUEST_TIMEOUT_MS), ...(init?.signal ? [init.signal] : [])];
  const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
  learnServerTime(response.headers.get('date'), sentAt, Date.now());
  return response;
};

export const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  requestPolicy: 'network-only',
  fetch: timedFetch,
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ query, variables: variables ?? null }, sink as Sink),
        }),
      }),
    }),
  ],
});

/** A request without an answer: nobody knows whether the server has executed it. */
export class NoAnswerError extends Error {}

/** The server refused the token, and has executed nothing. The next write starts a new session. */
export class SessionOverError extends Error {}

/**
 * @throws {SessionOverError} if the server refused the token.
 * @throws {NoAnswerError} if no answer arrived, and another error if the server refused the operation.
 */
export async function ask<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const kind = isMutation(document.definitions) ? 'mutation' : 'query';
  const token = getToken();
  const fetchOptions = { headers: getHeaders(token) };
  const { data, error } = await client[kind](document, variables, { fetchOptions }).toPromise();
  if (error?.graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED')) {
    if (token !== null) endSession(token);
    throw new SessionOverError();
  }
  if (error?.networkError) throw new NoAnswerError(error.networkError.message);
  if (error !== undefined) throw error;
  if (data === undefined) throw new NoAnswerError('an empty answer');
  return data;
}

/** Asks for what everybody may read, for which an ended session does not matter. */
export async function askPublic<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  try {
    return await ask(document, variables);
  } catch (error) {
    if (error instanceof SessionOverError) return ask(document, variables);
    throw error;
  }
}

function isMutation(definitions: readonly object[]): boolean {
  return definitions.some((definition) => 'operation' in definition && definition.operation === 'mutation');
}

let starting: Promise<void> | undefined;

/** Starts a guest session unless there is one. */
export async function ensureSession(): Promise<void> {
  if (getToken() !== null) return;
  starting ??= startSession().finally(() => (starting = undefined));
  await starting;
}

async function startSession(): Promise<void> {
  const { startGuestSession } = await ask(StartGuestSessionDocument, {});
  if (startGuestSession === null) throw new NoAnswerError('no session was started');
  setGuest(startGuestSession);
  // The open connection was made without the token.
  socket.terminate();
}
