import type { BookingStatus } from '../../../src/booking/rules/model.ts';
import { encodeBookingId, encodeEventId, parseBookingId, encodeSeatId } from '../../../src/platform/ids.ts';
import type { Outcome, Request } from '../history.ts';
import { postJson, TimeoutError } from './post-json.ts';

const BOOKING = '... on Booking { id status holdExpiresAt }';
const REFUSED = `... on Error { code message } ... on BusyError { outcomeUnknown }`;

/**
 * These documents select nothing that needs the database after the decision, so that the response reports the decision
 * alone.
 */
const documents = {
  holdSeats: `mutation ($input: HoldSeatsInput!) { result: holdSeats(input: $input) { __typename ${BOOKING} ${REFUSED}
    ... on SeatsUnavailableError { seats { index } } ... on SeatLimitExceededError { limit } } }`,
  holdBestAvailable: `mutation ($input: HoldBestAvailableInput!) { result: holdBestAvailable(input: $input) { __typename ${BOOKING} ${REFUSED}
    ... on SeatsUnavailableError { seats { index } } ... on SeatLimitExceededError { limit } } }`,
  confirm: `mutation ($input: ConfirmBookingInput!) { result: confirmBooking(input: $input) { __typename ${BOOKING} ${REFUSED}
    ... on HoldExpiredError { expiredAt } ... on BookingStateError { status } } }`,
  release: `mutation ($input: ReleaseBookingInput!) { result: releaseBooking(input: $input) { __typename ${BOOKING} ${REFUSED}
    ... on HoldExpiredError { expiredAt } ... on BookingStateError { status } } }`,
};

interface Result {
  readonly __typename: string;
  readonly id?: string;
  readonly status?: BookingStatus;
  readonly holdExpiresAt?: string;
  readonly code?: string;
  readonly outcomeUnknown?: boolean;
  readonly seats?: readonly { readonly index: number }[];
  readonly limit?: number;
  readonly expiredAt?: string;
}

interface Answer {
  readonly data?: { readonly result?: Result | null } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Sends a request to a node and returns what is known about its outcome. Waits at most `patienceMs`. */
export async function ask(
  url: string,
  token: string,
  eventId: number,
  request: Request,
  patienceMs: number,
): Promise<Outcome> {
  let answer: { readonly status: number; readonly text: string };
  try {
    const headers = { authorization: `Bearer ${token}` };
    answer = await postJson(`${url}/graphql`, headers, bodyOf(eventId, request), patienceMs);
  } catch (error) {
    return withoutAnswer(error);
  }
  try {
    return outcomeOf(JSON.parse(answer.text) as Answer);
  } catch {
    return { kind: 'wrong', why: `HTTP ${answer.status}: ${answer.text.slice(0, 200)}` };
  }
}

function bodyOf(eventId: number, request: Request) {
  const key = request.key === null ? {} : { idempotencyKey: request.key };
  if (request.kind !== 'hold') {
    const input = { bookingId: encodeBookingId(eventId, request.bookingId), ...key };
    return { query: documents[request.kind], variables: { input } };
  }
  if (request.mode === 'best') {
    const input = { eventId: encodeEventId(eventId), quantity: request.quantity, ...key };
    return { query: documents.holdBestAvailable, variables: { input } };
  }
  const seatIds = request.seats.map((seat) => encodeSeatId(eventId, seat));
  const onConflict = request.mode === 'exact' ? 'FAIL' : 'BEST_ALTERNATIVE';
  const input = { eventId: encodeEventId(eventId), seatIds, onConflict, ...key };
  return { query: documents.holdSeats, variables: { input } };
}

function outcomeOf({ data, errors }: Answer): Outcome {
  const result = data?.result;
  if (result == null) {
    const why = errors?.map(({ message, extensions }) => `${extensions?.code}: ${message}`).join('; ');
    // The server could not read the details of the result, so the client does not know the outcome.
    const busy = errors?.every(({ extensions }) => extensions?.code === 'BUSY') === true;
    return { kind: busy ? 'unknown' : 'wrong', why: why ?? 'neither data nor errors' };
  }
  if (result.__typename === 'Booking') {
    const id = parseBookingId(result.id ?? '');
    if (id === null || result.status === undefined)
      return { kind: 'wrong', why: `no booking: ${JSON.stringify(result)}` };
    const holdExpiresAtMs = Date.parse(result.holdExpiresAt ?? '');
    return { kind: 'success', bookingId: id.bookingId, status: result.status, holdExpiresAtMs };
  }
  const { code = result.__typename, seats, limit, expiredAt, status } = result;
  if (code === 'BUSY' && result.outcomeUnknown === true) return { kind: 'unknown', why: 'BUSY' };
  if (code === 'BUSY' || code === 'READ_ONLY' || code === 'RATE_LIMITED')
    return { kind: 'nothing', why: code };
  return {
    kind: 'refused',
    code,
    ...(seats === undefined ? {} : { seats: seats.map(({ index }) => index) }),
    ...(limit === undefined ? {} : { limit }),
    ...(expiredAt === undefined ? {} : { expiredAtMs: Date.parse(expiredAt) }),
    ...(status === undefined ? {} : { status }),
  };
}

/** A refused connection carried nothing; a broken one may have. */
function withoutAnswer(error: unknown): Outcome {
  if (error instanceof TimeoutError) return { kind: 'unknown', why: 'timeout' };
  if ((error as { code?: string }).code === 'ECONNREFUSED') return { kind: 'nothing', why: 'ECONNREFUSED' };
  return { kind: 'unknown', why: 'connection broke' };
}
