import { encodeEventId, encodeSeatId, parseBookingId } from '../../../src/platform/ids.ts';
import { pause } from '../../support/pause.ts';
import type { Buyer } from '../../torture/buyers/buyers.ts';
import { postJson } from '../../torture/buyers/post-json.ts';
import type { Random } from '../../torture/random.ts';
import type { Ledger, Response } from './ledger.ts';

const PATIENCE_MS = 35_000;
const QUANTITY_MAX = 6;
/** Pause before a request is repeated, as a client does that backs off. */
const REPEAT_MS = { least: 50, most: 300 };
/** One in so many successful holds is sent again with its key, as if the response had been lost. */
const REPEATED_ONE_IN = 10;
/** Time after the end in which buyers repeat what is undecided. */
const DECIDED_WITHIN_MS = 30_000;

const RESULT = '__typename ... on Booking { id status }';
const documents = {
  hold: `mutation ($input: HoldSeatsInput!) { result: holdSeats(input: $input) { ${RESULT} } }`,
  confirm: `mutation ($input: ConfirmBookingInput!) { result: confirmBooking(input: $input) { ${RESULT} } }`,
  release: `mutation ($input: ReleaseBookingInput!) { result: releaseBooking(input: $input) { ${RESULT} } }`,
  cancel: `mutation ($input: CancelBookingInput!) { result: cancelBooking(input: $input) { ${RESULT}
    ... on BookingStateError { status: bookingStatus } } }`,
};
type Command = keyof typeof documents;

/** Results that decide nothing: the client must repeat the request with the same key. */
const UNDECIDED = new Set(['BusyError', 'ReadOnlyError', 'RateLimitedError']);

export interface CrowdOptions {
  readonly eventId: number;
  readonly seatCount: number;
  readonly buyers: readonly Buyer[];
  readonly random: Random;
  readonly stop: AbortSignal;
  /** Null while no node runs. */
  readonly url: () => string | null;
  readonly ledger: Ledger;
  /** Weights of what follows a hold. A `sale` stays confirmed, a `return` is canceled after a while. */
  readonly fates: {
    readonly release: number;
    readonly lapse: number;
    readonly sale: number;
    readonly return: number;
  };
}

/**
 * Runs buyers who hold random seats, then confirm, release or abandon them. Some confirmed bookings are canceled again
 * after a while, so that there is always something to sell. Requests without a decision are repeated with the same key.
 * Runs until aborted.
 */
export async function runCrowd(options: CrowdOptions): Promise<void> {
  await Promise.all(
    options.buyers.map((buyer, i) => new CrowdBuyer(options, buyer, options.random.fork(), i).run()),
  );
}

/** Returns the number of responses by request and result: `hold Booking`, `hold SeatsUnavailableError`. */
export function countResponses(responses: readonly Response[]): Map<string, number> {
  return new Map([...Map.groupBy(responses, ({ what }) => what)].map(([what, all]) => [what, all.length]));
}

interface Result {
  readonly __typename: string;
  readonly id?: string;
  readonly status?: string;
}

class CrowdBuyer {
  readonly #options: CrowdOptions;
  readonly #token: string;
  readonly #random: Random;
  readonly #name: string;
  #keys = 0;

  constructor(options: CrowdOptions, { token }: Buyer, random: Random, index: number) {
    this.#options = options;
    this.#token = token;
    this.#random = random;
    this.#name = `buyer ${index}`;
  }

  async run(): Promise<void> {
    const { eventId, seatCount, stop, fates, ledger } = this.#options;
    const random = this.#random;
    while (!stop.aborted) {
      const quantity = random.whole(1, QUANTITY_MAX);
      const first = random.whole(0, seatCount - quantity);
      const seats = Array.from({ length: quantity }, (_, i) => first + i);
      const seatIds = seats.map((seat) => encodeSeatId(eventId, seat));
      const held = await this.#hold({ eventId: encodeEventId(eventId), seatIds });
      await pause(random.whole(0, 150), stop);
      if (held === null) continue;
      const fate = random.weighted(Object.entries(fates).map(([name, weight]) => [weight, name] as const));
      if (fate === 'lapse') continue;
      if (fate === 'release') await this.#ask('release', { bookingId: held.global });
      else if (await this.#confirm(held)) {
        ledger.noteSale(held.id, seats);
        if (fate === 'return') await this.#return(held);
      }
    }
  }

  async #hold(input: object): Promise<{ readonly global: string; readonly id: string } | null> {
    const { ledger } = this.#options;
    const idempotencyKey = this.#nextKey();
    const ask = async () => {
      const global = (await this.#ask('hold', { ...input, idempotencyKey }))?.id;
      const id = parseBookingId(global ?? '')?.bookingId;
      if (global === undefined || id === undefined) return null;
      ledger.noteHold(idempotencyKey, id);
      return { global, id };
    };
    const held = await ask();
    if (held !== null && this.#random.whole(1, REPEATED_ONE_IN) === 1 && (await ask()) === null)
      ledger.breaches.push(`the repeated hold of booking ${held.id} led to none`);
    return held;
  }

  async #confirm({ global, id }: { readonly global: string; readonly id: string }): Promise<boolean> {
    const result = await this.#ask('confirm', { bookingId: global, idempotencyKey: this.#nextKey() });
    if (result === null) this.#options.ledger.noteUncertain(id);
    return result?.__typename === 'Booking' && result.status === 'CONFIRMED';
  }

  async #return({ global, id }: { readonly global: string; readonly id: string }): Promise<void> {
    const { ledger, stop } = this.#options;
    await pause(this.#random.whole(0, 500), stop);
    ledger.noteReturn(id);
    const result = await this.#ask('cancel', { bookingId: global });
    // A repeated cancellation is refused, since the booking is canceled already.
    if (result?.status === 'CANCELED') ledger.noteCancellation(id);
    else if (result === null) ledger.noteUncertain(id);
  }

  #nextKey(): string {
    return `${this.#name}, key ${++this.#keys}`;
  }

  /** Repeats a request until it is decided. Returns null if it never was. */
  async #ask(what: Command, input: unknown): Promise<Result | null> {
    const { stop, ledger, url } = this.#options;
    let stoppedAtMs: number | null = null;
    for (;;) {
      const invokedAtMs = performance.now();
      const result = await send(url(), this.#token, documents[what], input);
      const isDecided = 'result' in result && !UNDECIDED.has(result.result.__typename);
      const name = 'result' in result ? result.result.__typename : result.error;
      const kind = !isDecided ? 'error' : name === 'Booking' ? 'booking' : 'refusal';
      const answeredAtMs = performance.now();
      ledger.responses.push({ invokedAtMs, answeredAtMs, what: `${what} ${name}`, kind });
      if (isDecided) return result.result;
      if (stop.aborted) {
        stoppedAtMs ??= performance.now();
        if (performance.now() - stoppedAtMs > DECIDED_WITHIN_MS) return null;
      }
      await pause(this.#random.whole(REPEAT_MS.least, REPEAT_MS.most));
    }
  }
}

type Answer = { readonly result: Result } | { readonly error: string };

interface Body {
  readonly data?: { readonly result?: Result | null } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

/** Nodes may be killed at any time. */
async function send(url: string | null, token: string, query: string, input: unknown): Promise<Answer> {
  if (url === null) return { error: 'no node' };
  const headers = { authorization: `Bearer ${token}` };
  try {
    const { text } = await postJson(`${url}/graphql`, headers, { query, variables: { input } }, PATIENCE_MS);
    const { data, errors } = JSON.parse(text) as Body;
    if (data?.result != null) return { result: data.result };
    return { error: errors?.[0]?.extensions?.code ?? 'no result' };
  } catch {
    return { error: 'no answer' };
  }
}
