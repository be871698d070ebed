import { createClient, type Client as SocketClient, type Sink } from 'graphql-ws';
import {
  commitMutation,
  Environment,
  fetchQuery,
  Network,
  Observable,
  RecordSource,
  requestSubscription,
  Store,
  type GraphQLResponse,
} from 'relay-runtime';
import {
  createSeatFeed,
  type SeatFeed,
  type SeatFeedOptions,
} from '../../src/web/seat-feed/create-seat-feed.ts';
import { graphqlWsTransport } from '../../src/web/seat-feed/graphql-ws.ts';
import type { Booking, ConfirmResult, EventSummary, HoldInput, HoldResult, ReleaseResult } from './data.ts';
import * as operations from './relay-operations.ts';

// #region connect
export interface Client {
  readonly environment: Environment;
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
  const network = Network.create(
    async ({ text }, variables) => {
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...getHeaders() },
        body: JSON.stringify({ query: text, variables }),
      });
      return (await response.json()) as GraphQLResponse;
    },
    ({ text }, variables) =>
      Observable.create((sink) => socket.subscribe({ query: text ?? '', variables }, sink as Sink)),
  );
  return { environment: new Environment({ network, store: new Store(new RecordSource()) }), socket };
}

async function query<Data, Variables extends Record<string, unknown>>(
  { environment }: Client,
  operation: operations.Operation<Data, Variables>,
  variables: Variables,
): Promise<Data | undefined> {
  return fetchQuery<{ response: Data; variables: Variables }>(environment, operation, variables, {
    fetchPolicy: 'network-only',
  }).toPromise();
}

function mutate<Data extends Record<string, unknown>, Variables extends Record<string, unknown>>(
  { environment }: Client,
  mutation: operations.Operation<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  return new Promise((resolve, reject) => {
    commitMutation<{ response: Data; variables: Variables }>(environment, {
      mutation,
      variables,
      onCompleted: (data, errors) => (errors?.length ? reject(new AggregateError(errors)) : resolve(data)),
      onError: reject,
    });
  });
}
// #endregion

// #region session
export async function startSession(client: Client): Promise<string> {
  const { startGuestSession } = await mutate(client, operations.START_GUEST_SESSION, {});
  if (startGuestSession === null) throw new Error('no session was started');
  return startGuestSession.token;
}
// #endregion

// #region events
export async function listEvents(client: Client): Promise<EventSummary[]> {
  const data = await query(client, operations.EVENTS_ON_SALE, {});
  return data?.events.edges.map(({ node }) => node) ?? [];
}
// #endregion

// #region seat-map
export async function loadSeatMap(client: Client, eventId: string) {
  const data = await query(client, operations.LOAD_SEAT_MAP, { eventId });
  return data?.event?.seatMap ?? null;
}
// #endregion

// #region live
/** Bypasses the store: each message is a change, not a new version of the previous result. */
export function watchSeats({ socket }: Client, eventId: string, options: LiveOptions): SeatFeed {
  return createSeatFeed({ ...options, ...graphqlWsTransport(socket, eventId) });
}

/** Updates the booking in the store, and with it every component that shows it. */
export function watchBooking({ environment }: Client, bookingId: string, onError: (error: Error) => void) {
  return requestSubscription(environment, {
    subscription: operations.WATCH_BOOKING,
    variables: { bookingId },
    onError,
  });
}
// #endregion

// #region hold
export async function holdSeats(client: Client, input: HoldInput): Promise<HoldResult> {
  const { holdSeats } = await mutate(client, operations.HOLD_SEATS, { input });
  if (holdSeats === null) throw new Error('no result');
  return holdSeats;
}
// #endregion

// #region finish
export async function confirmBooking(client: Client, bookingId: string): Promise<ConfirmResult | null> {
  const { confirmBooking } = await mutate(client, operations.CONFIRM_BOOKING, { input: { bookingId } });
  return confirmBooking;
}

export async function releaseBooking(client: Client, bookingId: string): Promise<ReleaseResult | null> {
  const { releaseBooking } = await mutate(client, operations.RELEASE_BOOKING, { input: { bookingId } });
  return releaseBooking;
}
// #endregion

// #region bookings
export async function listBookings(client: Client, pageSize: number): Promise<Booking[]> {
  const bookings: Booking[] = [];
  let after: string | null = null;
  do {
    const page = await loadPage(client, pageSize, after);
    bookings.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return bookings;
}

async function loadPage(client: Client, first: number, after: string | null) {
  const data = await query(client, operations.MY_BOOKINGS, { first, after });
  if (!data?.viewer) throw new Error('the request has no token');
  return data.viewer.bookings;
}
// #endregion

// #region refetch
export async function refetchBooking(client: Client, id: string): Promise<Booking | null> {
  const data = await query(client, operations.REFETCH_BOOKING, { id });
  return data?.node ?? null;
}
// #endregion

type LiveOptions = Omit<SeatFeedOptions, 'subscribe'>;

export async function close({ socket }: Client): Promise<void> {
  await socket.dispose();
}
