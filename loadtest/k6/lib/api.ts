import { b64encode } from 'k6/encoding';
import http from 'k6/http';
import { Counter } from 'k6/metrics';
import { plan } from './plan.ts';

declare const console: { error(text: string): void };

/** Responses by operation and outcome: a code of the API, HELD, CONFIRMED, … or UNEXPECTED. */
const outcomes = new Counter('outcomes');

type Expected = readonly string[];

interface Response {
  readonly data?: Readonly<Record<string, Result | null>> | null;
}

export interface Result {
  readonly code?: string;
  readonly id?: string;
  readonly status?: string;
  /** The admission token; set by `claimAdmission` alone. */
  readonly token?: string;
}

export interface EventPage {
  readonly seatMap: { readonly version: number; readonly states: string };
}

const RESULT = '__typename ... on Error { code message } ... on Booking { id status }';

const documents = {
  holdSeats: `mutation holdSeats($input: HoldSeatsInput!) { holdSeats(input: $input) { ${RESULT} } }`,
  confirmBooking: `mutation confirmBooking($input: ConfirmBookingInput!) { confirmBooking(input: $input) { ${RESULT} } }`,
  releaseBooking: `mutation releaseBooking($input: ReleaseBookingInput!) { releaseBooking(input: $input) { ${RESULT} } }`,
  cancelBooking: `mutation cancelBooking($input: CancelBookingInput!) { cancelBooking(input: $input) { ${RESULT} } }`,
  claimAdmission: `mutation claimAdmission($input: ClaimAdmissionInput!) { claimAdmission(input: $input) { __typename ... on Error { code message } ... on Admission { token } } }`,
  browse: `query browse($id: ID!) { event(id: $id) { name status startsAt priceTiers { name price { amount currency } }
    availability { available held booked total } seatMap { version states } } }`,
};

type Operation = keyof typeof documents;

function post(operation: Operation, variables: object, token: string): Response {
  const response = http.post(
    `${plan.baseUrl}/graphql`,
    JSON.stringify({ query: documents[operation], variables }),
    {
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `Bearer ${token}`,
      },
      tags: { name: operation },
      timeout: '30s',
    },
  );
  try {
    return JSON.parse(response.body as string) as Response;
  } catch {
    console.error(`${operation}: status ${response.status}, ${response.error}`);
    return {};
  }
}

/**
 * Sends a mutation and counts its outcome: the status of the booking, or the code of the error. Any outcome that is neither
 * a booking nor `expected` counts as UNEXPECTED, which fails the run.
 */
export function mutate(operation: Operation, input: object, token: string, expected: Expected = []): Result {
  const response = post(operation, { input }, token);
  const result = response.data?.[operation] ?? {};
  const success = result.token === undefined ? result.status : 'ADMITTED';
  const outcome = success ?? result.code ?? 'NO_DATA';
  const isExpected = success !== undefined || expected.includes(outcome);
  if (!isExpected) console.error(`${operation}: ${JSON.stringify(response).slice(0, 300)}`);
  outcomes.add(1, { operation, outcome: isExpected ? outcome : 'UNEXPECTED' });
  return result;
}

/** Reads the page of the event with its seat map. Returns null, and counts it, if the server does not answer. */
export function browse(token: string): EventPage | null {
  const response = post('browse', { id: plan.eventId }, token) as {
    data?: { event?: EventPage | null } | null;
  };
  const page = response.data?.event ?? null;
  if (page === null) console.error(`browse: ${JSON.stringify(response).slice(0, 300)}`);
  outcomes.add(1, { operation: 'browse', outcome: page === null ? 'UNEXPECTED' : 'SHOWN' });
  return page;
}

/**
 * Holds seats, with an admission if the event has a waiting room. By default, losing a seat to another buyer and reaching
 * the limit of seats are expected.
 */
export function holdSeats(
  seats: readonly number[],
  token: string,
  admissionToken: string | null = null,
  expected: Expected = ['SEATS_UNAVAILABLE', 'SEAT_LIMIT_EXCEEDED'],
): Result {
  const seatIds = seats.map((index) => b64encode(`Seat:${plan.eventNumber}:${index}`));
  return mutate('holdSeats', { eventId: plan.eventId, seatIds, admissionToken }, token, expected);
}
