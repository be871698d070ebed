import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient, type Client as SocketClient } from 'graphql-ws';
import possibleTypes from '../../possible-types.json' with { type: 'json' };
import {
  createSeatFeed,
  type SeatFeed,
  type SeatFeedOptions,
} from '../../src/web/seat-feed/create-seat-feed.ts';
import { passOn, SEAT_UPDATES, watchConnection } from '../../src/web/seat-feed/graphql-ws.ts';
import type { Booking, ConfirmResult, EventSummary, HoldInput, HoldResult, ReleaseResult } from './data.ts';
import * as operations from './operations.ts';

// #region connect
export interface Client {
  readonly apollo: ApolloClient;
  readonly socket: SocketClient;
}

export function connect(origin: string, getToken: () => string | null): Client {
  const getHeaders = (): Record<string, string> => {
    const token = getToken();
    return token === null ? {} : { authorization: `Bearer ${token}` };
  };
  const socket = createClient({
    url: `${origin.replace(/^http/, 'ws')}/graphql`,
    connectionParams: getHeaders,
    keepAlive: 10_000, // detects dead connections
    retryAttempts: 0, // the seat feed reconnects and resumes
  });
  const http = new SetContextLink(() => ({ headers: getHeaders() })).concat(
    new HttpLink({ uri: `${origin}/graphql` }),
  );
  const apollo = new ApolloClient({
    // Fragments on unions and interfaces need the contents of possible-types.json.
    cache: new InMemoryCache({ possibleTypes }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      http,
    ),
  });
  return { apollo, socket };
}
// #endregion

// #region session
export async function startSession({ apollo }: Client): Promise<string> {
  const { data } = await apollo.mutate({ mutation: operations.START_GUEST_SESSION });
  if (!data?.startGuestSession) throw new Error('no session was started');
  return data.startGuestSession.token;
}
// #endregion

// #region events
export async function listEvents({ apollo }: Client): Promise<EventSummary[]> {
  const { data } = await apollo.query({ query: operations.EVENTS_ON_SALE });
  return data?.events.edges.map(({ node }) => node) ?? [];
}
// #endregion

// #region seat-map
export async function loadSeatMap({ apollo }: Client, eventId: string) {
  // The cache would return an old version of the map.
  const { data } = await apollo.query({
    query: operations.LOAD_SEAT_MAP,
    variables: { eventId },
    fetchPolicy: 'no-cache',
  });
  return data?.event?.seatMap ?? null;
}
// #endregion

// #region live
export function watchSeats({ apollo, socket }: Client, eventId: string, options: LiveOptions): SeatFeed {
  return createSeatFeed({
    ...options,
    ...watchConnection(socket),
    subscribe(afterVersion, sink) {
      const query = gql(SEAT_UPDATES);
      // Each message is a change, not a new version of the previous result, so it must bypass the cache.
      const subscription = apollo
        .subscribe({ query, variables: { eventId, afterVersion }, fetchPolicy: 'no-cache' })
        .subscribe({
          next: ({ data, error }) => (error === undefined ? passOn({ data }, sink) : sink.error(error)),
          error: (error) => sink.error(error),
          complete: () => sink.complete(),
        });
      return () => subscription.unsubscribe();
    },
  });
}
// #endregion

// #region hold
export async function holdSeats({ apollo }: Client, input: HoldInput): Promise<HoldResult> {
  const { data } = await apollo.mutate({ mutation: operations.HOLD_SEATS, variables: { input } });
  if (!data?.holdSeats) throw new Error('no result');
  return data.holdSeats;
}
// #endregion

// #region finish
/** Apollo's cache takes the new status over, because the booking has an ID. */
export async function confirmBooking({ apollo }: Client, bookingId: string): Promise<ConfirmResult | null> {
  const variables = { input: { bookingId } };
  const { data } = await apollo.mutate({ mutation: operations.CONFIRM_BOOKING, variables });
  return data?.confirmBooking ?? null;
}

export async function releaseBooking({ apollo }: Client, bookingId: string): Promise<ReleaseResult | null> {
  const variables = { input: { bookingId } };
  const { data } = await apollo.mutate({ mutation: operations.RELEASE_BOOKING, variables });
  return data?.releaseBooking ?? null;
}
// #endregion

// #region bookings
export async function listBookings({ apollo }: Client, pageSize: number): Promise<Booking[]> {
  const bookings: Booking[] = [];
  let after: string | null = null;
  do {
    const page = await loadPage(apollo, pageSize, after);
    bookings.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return bookings;
}

async function loadPage(apollo: ApolloClient, first: number, after: string | null) {
  const { data } = await apollo.query({
    query: operations.MY_BOOKINGS,
    variables: { first, after },
    fetchPolicy: 'network-only',
  });
  if (!data?.viewer) throw new Error('the request has no token');
  return data.viewer.bookings;
}
// #endregion

// #region refetch
/** Updates the cached booking, and with it every component that shows it. */
export async function refetchBooking({ apollo }: Client, id: string): Promise<Booking | null> {
  const { data } = await apollo.query({
    query: operations.REFETCH_BOOKING,
    variables: { id },
    fetchPolicy: 'network-only',
  });
  return data?.node ?? null;
}
// #endregion

type LiveOptions = Omit<SeatFeedOptions, 'subscribe'>;

export async function close({ apollo, socket }: Client): Promise<void> {
  await socket.dispose();
  apollo.stop();
}
