import type { TypedDocumentNode } from '@apollo/client';
import {
  createSeatFeed,
  type SeatFeed,
  type SeatFeedOptions,
} from '../../src/web/seat-feed/create-seat-feed.ts';
import { passOn, SEAT_UPDATES } from '../../src/web/seat-feed/graphql-ws.ts';
import type { Booking, ConfirmResult, EventSummary, HoldInput, HoldResult, ReleaseResult } from './data.ts';
import * as operations from './operations.ts';

// #region connect
export interface Client {
  readonly origin: string;
  /** Returns the buyer's token, or null before the session starts. */
  readonly getToken: () => string | null;
}

export function connect(origin: string, getToken: () => string | null): Client {
  return { origin, getToken };
}

async function send<Data, Variables>(
  { origin, getToken }: Client,
  operation: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const token = getToken();
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: operation.loc?.source.body, variables }),
    signal: AbortSignal.timeout(30_000),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: readonly { message: string }[] };
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join(' '));
  return data;
}
// #endregion

// #region session
export async function startSession(client: Client): Promise<string> {
  const { startGuestSession } = await send(client, operations.START_GUEST_SESSION, {});
  if (startGuestSession === null) throw new Error('no session was started');
  return startGuestSession.token;
}
// #endregion

// #region events
export async function listEvents(client: Client): Promise<EventSummary[]> {
  const { events } = await send(client, operations.EVENTS_ON_SALE, {});
  return events.edges.map(({ node }) => node);
}
// #endregion

// #region seat-map
export async function loadSeatMap(client: Client, eventId: string) {
  const { event } = await send(client, operations.LOAD_SEAT_MAP, { eventId });
  return event?.seatMap ?? null;
}
// #endregion

// #region live
export function watchSeats(client: Client, eventId: string, options: LiveOptions): SeatFeed {
  return createSeatFeed({
    ...options,
    subscribe(afterVersion, sink) {
      const abort = new AbortController();
      readStream(client, { eventId, afterVersion }, abort.signal, (result) => passOn(result, sink)).then(
        () => sink.complete(),
        (error: unknown) => sink.error(error),
      );
      return () => abort.abort();
    },
  });
}

/** Reads an event stream. Each event of the server has one line of data. */
async function readStream(
  { origin }: Client,
  variables: object,
  signal: AbortSignal,
  onResult: (result: object) => void,
): Promise<void> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: SEAT_UPDATES, variables }),
    signal,
  });
  if (!response.ok || response.body === null) throw new Error(`the server returned ${response.status}`);
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: {')) onResult(JSON.parse(line.slice(6)) as object);
  }
}
// #endregion

// #region hold
export async function holdSeats(client: Client, input: HoldInput): Promise<HoldResult> {
  const { holdSeats } = await send(client, operations.HOLD_SEATS, { input });
  if (holdSeats === null) throw new Error('no result');
  return holdSeats;
}
// #endregion

// #region finish
export async function confirmBooking(client: Client, bookingId: string): Promise<ConfirmResult | null> {
  const { confirmBooking } = await send(client, operations.CONFIRM_BOOKING, { input: { bookingId } });
  return confirmBooking;
}

export async function releaseBooking(client: Client, bookingId: string): Promise<ReleaseResult | null> {
  const { releaseBooking } = await send(client, operations.RELEASE_BOOKING, { input: { bookingId } });
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
  const { viewer } = await send(client, operations.MY_BOOKINGS, { first, after });
  if (viewer === null) throw new Error('the request has no token');
  return viewer.bookings;
}
// #endregion

// #region refetch
export async function refetchBooking(client: Client, id: string): Promise<Booking | null> {
  const { node } = await send(client, operations.REFETCH_BOOKING, { id });
  return node;
}
// #endregion

type LiveOptions = Omit<SeatFeedOptions, 'subscribe'>;

export const close = (): void => undefined;
