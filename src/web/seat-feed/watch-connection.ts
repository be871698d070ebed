/** The part of a graphql-ws client (`createClient`) that detects dead connections. */
export interface WatchedClient {
  on(event: 'ping' | 'pong', listener: (received: boolean) => void): () => void;
  on(event: 'connected' | 'closed', listener: () => void): () => void;
  terminate(): void;
}

export interface WatchedConnection {
  /** Ends the connection immediately, without a close handshake. Its subscriptions end and may reconnect. */
  readonly abandon: () => void;
}

/** Default time within which the server must answer a ping. */
const PONG_TIMEOUT_MS = 5_000;

declare const setTimeout: (action: () => void, delayMs: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;

const watched = new WeakMap<WatchedClient, WatchedConnection>();

/**
 * Abandons a connection if a ping is not answered in time. After a change of networks, or if a router loses its state, a
 * connection can be dead for a long time without an error. Set `keepAlive` on the client, which sends the pings. Repeated
 * calls for one client have no effect.
 */
export function watchConnection(
  client: WatchedClient,
  pongTimeoutMs: number = PONG_TIMEOUT_MS,
): WatchedConnection {
  const known = watched.get(client);
  if (known !== undefined) return known;
  // The client may have connected before this call.
  let connected = true;
  let timer: unknown;
  const abandon = () => {
    // A connection that is still being opened is new.
    if (connected) client.terminate();
  };
  const cancelTimer = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  client.on('connected', () => (connected = true));
  client.on('closed', () => {
    connected = false;
    cancelTimer();
  });
  client.on('ping', (received) => {
    if (!received) timer ??= setTimeout(abandon, pongTimeoutMs); // guard: dead-connection-detected
  });
  client.on('pong', (received) => {
    if (received) cancelTimer();
  });
  const connection = { abandon };
  watched.set(client, connection);
  return connection;
}
