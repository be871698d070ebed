import type { SeatFeedSink, SeatFeedTransport } from './create-seat-feed.ts';
import { watchConnection, type WatchedClient } from './watch-connection.ts';

export { watchConnection, type WatchedClient };

/** Subscription of the feed. `sink.next` takes its `data.seatUpdates`. */
export const SEAT_UPDATES = `subscription SeatUpdates($eventId: ID!, $afterVersion: Int) {
  seatUpdates(eventId: $eventId, afterVersion: $afterVersion) {
    __typename
    ... on SeatMapSnapshot { version states }
    ... on SeatsChanged { fromVersion version seats { index status } }
  }
}`;

/** The part of a graphql-ws client (`createClient`) that the transport uses. */
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

/** One GraphQL result of any client. */
export interface SeatUpdatesResult {
  readonly data?: unknown;
  readonly errors?: unknown;
}

/**
 * Creates a transport for `createSeatFeed({ ...graphqlWsTransport(client, eventId), … })`. Set `keepAlive` on the client;
 * without it, dead connections are not detected ({@link watchConnection}). Also set `retryAttempts: 0`: a retry of the client
 * repeats the old `afterVersion`, which is correct but transfers more than resuming from the latest version.
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
            // The connection remains open with its old token. Only a new connection sends a new token.
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
 * Returns true if the subscription ended because its token expired, which can happen only for events that are not yet public.
 * Transports for other clients then open a new connection with a new token.
 */
export function isTokenExpired({ errors }: SeatUpdatesResult): boolean {
  if (!Array.isArray(errors)) return false;
  return errors.some(
    (error: { readonly extensions?: { readonly code?: unknown } } | null) =>
      error?.extensions?.code === 'UNAUTHENTICATED',
  );
}

/** Passes the data or the errors of a result to the feed. Used by transports for other clients. */
export function passOn({ data, errors }: SeatUpdatesResult, sink: SeatFeedSink): void {
  const failed = Array.isArray(errors) && errors.length > 0;
  if (failed || typeof data !== 'object' || data === null)
    return sink.error(errors ?? 'a result without data');
  sink.next((data as { readonly seatUpdates?: unknown }).seatUpdates);
}
