import { Client as UrqlClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient, type Client as SocketClient, type Sink } from 'graphql-ws';
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
  readonly urql: UrqlClient;
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
  const urql = new UrqlClient({
    url: `${origin}/graphql`,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: getHeaders() }),
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink as Sink) }),
        }),
      }),
    ],
  });
  return { urql, socket };
}
// #endregion

// #region session
export async function startSession({ urql }: Client): Promise<string> {
  const { data, error } = await urql.mutation(operations.START_GUEST_SESSION, {});
  if (!data?.startGuestSession) throw error ?? new Error('no session was started');
  return data.startGuestSession.token;
}
// #endregion

// #region events
export async function listEvents({ urql }: Client): Promise<EventSummary[]> {
  const { data, error } = await urql.query(operations.EVENTS_ON_SALE, {});
  if (error !== undefined) throw error;
  return data?.events.edges.map(({ node }) => node) ?? [];
}
// #endregion

// #region seat-map
export async function loadSeatMap({ urql }: Client, eventId: string) {
  const { data, error } = await urql.query(operations.LOAD_SEAT_MAP, { eventId });
  if (error !== undefined) throw error;
  return data?.event?.seatMap ?? null;
}
// #endregion

// #region live
export function watchSeats({ urql, socket }: Client, eventId: string, options: LiveOptions): SeatFeed {
  return createSeatFeed({
    ...options,
    ...watchConnection(socket),
    subscribe(afterVersion, sink) {
      const subscription = urql
        .subscription(SEAT_UPDATES, { eventId, afterVersion })
        .subscribe(({ data, error, hasNext }) => {
          if (error !== undefined) sink.error(error);
          else if (hasNext) passOn({ data }, sink);
          else sink.complete();
        });
      return () => subscription.unsubscribe();
    },
  });
}
// #endregion

// #region hold
export async function holdSeats({ urql }: Client, input: HoldInput): Promise<HoldResult> {
  const { data, error } = await urql.mutation(operations.HOLD_SEATS, { input });
  if (!data?.holdSeats) throw error ?? new Error('no result');
  return data.holdSeats;
}
// #endregion

// #region finish
export async function confirmBooking({ urql }: Client, bookingId: string): Promise<ConfirmResult | null> {
  const { data, error } = await urql.mutation(operations.CONFIRM_BOOKING, { input: { bookingId } });
  if (error !== undefined) throw error;
  return data?.confirmBooking ?? null;
}

export async function releaseBooking({ urql }: Client, bookingId: string): Promise<ReleaseResult | null> {
  const { data, error } = await urql.mutation(operations.RELEASE_BOOKING, { input: { bookingId } });
  if (error !== undefined) throw error;
  return data?.releaseBooking ?? null;
}
// #endregion

// #region bookings
export async function listBookings({ urql }: Client, pageSize: number): Promise<Booking[]> {
  const bookings: Booking[] = [];
  let after: string | null = null;
  do {
    const page = await loadPage(urql, pageSize, after);
    bookings.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return bookings;
}

async function loadPage(urql: UrqlClient, first: number, after: string | null) {
  const { data, error } = await urql.query(operations.MY_BOOKINGS, { first, after });
  if (!data?.viewer) throw error ?? new Error('the request has no token');
  return data.viewer.bookings;
}
// #endregion

// #region refetch
export async function refetchBooking({ urql }: Client, id: string): Promise<Booking | null> {
  const { data, error } = await urql.query(operations.REFETCH_BOOKING, { id });
  if (error !== undefined) throw error;
  return data?.node ?? null;
}
// #endregion

type LiveOptions = Omit<SeatFeedOptions, 'subscribe'>;

export async function close({ socket }: Client): Promise<void> {
  await socket.dispose();
}
