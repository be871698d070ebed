/** What is needed of a client of graphql-ws (`createClient`) to see whether its connection is alive. */
export interface WatchedClient {
  on(event: 'ping' | 'pong', listener: (received: boolean) => void): () => void;
  on(event: 'connected' | 'closed', listener: () => void): () => void;
  terminate(): void;
}

export interface WatchedConnection {
  /** Ends the connection at once, without asking the other side; what uses it is told, and may come back on a new one. */
  readonly abandon: () => void;
}

/** How long the server may take to answer a ping. */
const ANSWER_WITHIN_MS = 5_000;

declare const setTimeout: (action: () => void, delayMs: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;

const watched = new WeakMap<WatchedClient, WatchedConnection>();

/**
 * Abandons a connection on which a ping was not answered in time: a line can be dead for long without anybody being told,
 * after a change of networks, or where a router forgot about it. Pings are the client's own: give it `keepAlive`. Once a
 * client is enough, and more often does no harm.
 */
export function watchConnection(
  client: WatchedClient,
  answerWithinMs: number = ANSWER_WITHIN_MS,
): WatchedConnection {
  const known = watched.get(client);
  if (known !== undefined) return known;
  // It may have been so before it was watched.
  let connected = true;
  let timer: unknown;
  const abandon = () => {
    // One that is only being made is a new one already.
    if (connected) client.terminate();
  };
  const answered = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  client.on('connected', () => (connected = true));
  client.on('closed', () => {
    connected = false;
    answered();
  });
  client.on('ping', (received) => {
    if (!received) timer ??= setTimeout(abandon, answerWithinMs); // guard: dead-connection-detected
  });
  client.on('pong', (received) => {
    if (received) answered();
  });
  const connection = { abandon };
  watched.set(client, connection);
  return connection;
}
