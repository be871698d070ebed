import type { SeatFeedSink, SeatFeedTransport } from './create-seat-feed.ts';
import { watchConnection, type WatchedClient } from './watch-connection.ts';

export { watchConnection, type WatchedClient };

/** The subscription that the feed is made of; its `data.seatUpdates` goes into `sink.next`. */
export const SEAT_UPDATES = `subscription SeatUpdates($eventId: ID!, $afterVersion: Int) {
  seatUpdates(eventId: $eventId, afterVersion: $afterVersion) {
    __typename
    ... on SeatMapSnapshot { version states }
    ... on SeatsChanged { fromVersion version seats { index status } }
  }
}`;

/** What is needed of a client of graphql-ws (`createClient`). */
export interface GraphQLWsClient extends WatchedClient {
  subscribe(
    payload: { readonly query: string; readonly variables: Record<string, unknown> },
    sink: {
      next(result: SeatUpdatesResult): void;
      error(error: unknown): void;
      complete(): void;
    },
  ): () => void;
}

/** One GraphQL result, from whatever client. */
export interface SeatUpdatesResult {
  readonly data?: unknown;
  readonly errors?: unknown;
}

/**
 * For `createSeatFeed({ ...graphqlWsTransport(client, eventId), … })`. Give the client `keepAlive`, without which it does not
 * notice that a connection is dead ({@link watchConnection}), and `retryAttempts: 0`: when it retries by itself it repeats
 * the old `afterVersion`, which is right but costs more than resuming from the latest.
 */
export function graphqlWsTransport(client: GraphQLWsClient, eventId: string): Required<SeatFeedTransport> {
  const { abandon } = watchConnection(client);
  return {
    subscribe: (afterVersion, sink) =>
      client.subscribe(
        { query: SEAT_UPDATES, variables: { eventId, afterVersion } },
        {
          next(result) {
            passOn(result, sink);
            // The server keeps the connection, and with it the old token: only a new one sends another.
            if (isTokenExpired(result)) abandon();
          },
          error: (error) => sink.error(error),
          complete: () => sink.complete(),
        },
      ),
    abandon,
  };
}

/**
 * Whether the subscription ended because its token expired. Only events that are not public yet need one. For adapters to
 * other clients: make a new connection then, with a new token.
 */
export function isTokenExpired({ errors }: SeatUpdatesResult): boolean {
  if (!Array.isArray(errors)) return false;
  return errors.some(
    (error: { readonly extensions?: { readonly code?: unknown } } | null) =>
      error?.extensions?.code === 'UNAUTHENTICATED',
  );
}

/** Hands a result to the feed: its data, or its errors. For adapters to other clients. */
export function passOn({ data, errors }: SeatUpdatesResult, sink: SeatFeedSink): void {
  const failed = Array.isArray(errors) && errors.length > 0;
  if (failed || typeof data !== 'object' || data === null)
    return sink.error(errors ?? 'a result without data');
  sink.next((data as { readonly seatUpdates?: unknown }).seatUpdates);
}
