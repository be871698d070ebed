import { createClient, type Client } from 'graphql-ws';
import { encodeSeatId, encodeEventId } from '../../../src/platform/ids.ts';

export interface GraphQLAnswer {
  readonly data?: Record<string, Record<string, unknown> | null> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** A buyer that calls the API as a browser does. */
export class BuyerClient {
  readonly #url: string;
  readonly token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.token = token;
  }

  static async start(url: string): Promise<BuyerClient> {
    const answer = await post(url, 'mutation { startGuestSession { token } }', {}, null);
    const token = answer.data?.['startGuestSession']?.['token'];
    if (typeof token !== 'string') throw new Error(`no guest session: ${JSON.stringify(answer)}`);
    return new BuyerClient(url, token);
  }

  /** Returns the same buyer on another node. */
  at(url: string): BuyerClient {
    return new BuyerClient(url, this.token);
  }

  /** Returns a client of the same node with another token. */
  as(token: string): BuyerClient {
    return new BuyerClient(this.#url, token);
  }

  send(query: string, variables: Record<string, unknown> = {}): Promise<GraphQLAnswer> {
    return post(this.#url, query, variables, this.token);
  }

  /** Returns `{__typename, id, status, …}` of a booking or an error. Throws if the response has no result. */
  async hold(eventId: number, seats: readonly number[], key?: string): Promise<Record<string, unknown>> {
    const answer = await this.send(
      `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) {
        __typename ... on Error { code message } ... on Booking { id status holdExpiresAt }
        ... on SeatsUnavailableError { seats { index } } } }`,
      {
        input: {
          eventId: encodeEventId(eventId),
          seatIds: seats.map((seat) => encodeSeatId(eventId, seat)),
          ...(key === undefined ? {} : { idempotencyKey: key }),
        },
      },
    );
    return getResult(answer, 'holdSeats');
  }

  async release(bookingId: string): Promise<Record<string, unknown>> {
    const answer = await this.send(
      `mutation ($input: ReleaseBookingInput!) { releaseBooking(input: $input) {
        __typename ... on Error { code message } ... on Booking { id status } } }`,
      { input: { bookingId } },
    );
    return getResult(answer, 'releaseBooking');
  }

  async confirm(bookingId: string): Promise<Record<string, unknown>> {
    const answer = await this.send(
      `mutation ($input: ConfirmBookingInput!) { confirmBooking(input: $input) {
        __typename ... on Error { code message } ... on Booking { id status } } }`,
      { input: { bookingId } },
    );
    return getResult(answer, 'confirmBooking');
  }
}

/** A response without a result, because it has errors. `code` is the first one's. */
class ResponseError extends Error {
  readonly code: string | undefined;

  constructor(answer: GraphQLAnswer) {
    super(`no result: ${JSON.stringify(answer)}`);
    this.code = answer.errors?.[0]?.extensions?.code;
  }
}

function getResult(answer: GraphQLAnswer, mutation: string): Record<string, unknown> {
  const result = answer.data?.[mutation];
  if (result == null) throw new ResponseError(answer);
  return result;
}

async function post(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  token: string | null,
): Promise<GraphQLAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(30_000),
  });
  return (await response.json()) as GraphQLAnswer;
}

export function socketTo(url: string, token?: string): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    retryAttempts: 0,
    lazy: true,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
  });
}
