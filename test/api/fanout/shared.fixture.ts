import type { Counter, Gauge } from 'prom-client';
import type { SeatStatusCode } from '../../../src/messaging/messages.ts';
import type { SeatMapClient } from '../../support/clients/seat-map-client.ts';
import type { HttpFixture } from '../http/http.fixture.ts';

export const seatUpdates = `subscription Watch($e: ID!, $after: Int) { seatUpdates(eventId: $e, afterVersion: $after) {
  __typename ... on SeatMapSnapshot { version states } ... on SeatsChanged { fromVersion version seats { index status } } } }`;

interface Update {
  readonly __typename: 'SeatMapSnapshot' | 'SeatsChanged';
  readonly version: number;
  readonly fromVersion: number;
  readonly states: string;
  readonly seats: readonly { readonly index: number; readonly status: keyof typeof codes }[];
}

const codes = { AVAILABLE: 0, HELD: 1, BOOKED: 2, BLOCKED: 3 } as const satisfies Record<
  string,
  SeatStatusCode
>;

/** Returns the message in a `next` or in an event. */
export function updateOf(payload: unknown): Update {
  const { data } = payload as { readonly data?: { readonly seatUpdates: Update } | null };
  if (data == null) throw new Error(`no data but ${JSON.stringify(payload)}`);
  return data.seatUpdates;
}

/** Applies messages as a client does. */
export function applyTo(follower: SeatMapClient, payload: unknown): void {
  const { __typename: type, version, fromVersion, states, seats } = updateOf(payload);
  follower.apply(
    type === 'SeatMapSnapshot'
      ? { kind: 'snapshot', version, states }
      : {
          kind: 'changes',
          fromVersion,
          version,
          seats: seats.map(({ index, status }) => [index, codes[status]] as const),
        },
  );
}

export async function valueOf(metric: Counter | Gauge): Promise<number> {
  return (await metric.get()).values.reduce((sum, { value }) => sum + value, 0);
}

/** Holds seats as a new buyer. Returns the booking's ID. */
export async function hold(http: HttpFixture, ...seats: readonly number[]): Promise<string> {
  const token = await http.token();
  return holdWith(http, token, ...seats);
}

export async function holdWith(
  http: HttpFixture,
  token: string,
  ...seats: readonly number[]
): Promise<string> {
  const input = { eventId: http.eventId, seatIds: seats.map((seat) => http.seatId(seat)) };
  return bookingOf(http, token, 'holdSeats', 'HoldSeatsInput', input);
}

export async function release(http: HttpFixture, token: string, bookingId: string): Promise<string> {
  return bookingOf(http, token, 'releaseBooking', 'ReleaseBookingInput', { bookingId });
}

async function bookingOf(http: HttpFixture, token: string, field: string, type: string, input: object) {
  const query = `mutation ($input: ${type}!) { done: ${field}(input: $input) { __typename ... on Booking { id } } }`;
  const answer = await http.post({ query, variables: { input } }, { authorization: `Bearer ${token}` });
  const { data } = (await answer.json()) as { data: { done: { __typename: string; id: string } } };
  if (data.done.__typename !== 'Booking') throw new Error(`no booking but ${data.done.__typename}`);
  return data.done.id;
}

/** Reads an event stream, and keeps its text and its messages. */
export class StreamReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  text = '';

  private constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader;
  }

  static async open(http: HttpFixture, body: object, signal?: AbortSignal): Promise<StreamReader> {
    const response = await fetch(`${http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
    if (response.status !== 200 || response.body === null) throw new Error(`status ${response.status}`);
    return new StreamReader(response.body.getReader());
  }

  /** The messages so far. */
  get messages(): unknown[] {
    return [...this.text.matchAll(/^event: next\ndata: (.*)\n\n/gm)].map(
      ([, data]) => JSON.parse(data ?? '') as unknown,
    );
  }

  async until(enough: () => boolean): Promise<void> {
    while (!enough()) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`the stream has ended after ${this.text.length} characters`);
      this.text += this.#decoder.decode(value, { stream: true });
    }
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}
