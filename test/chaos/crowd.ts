import { encodeEventId, encodeSeatId } from '../../src/platform/ids.ts';
import { pause } from '../support/pause.ts';
import type { Buyer } from '../torture/buyers/buyers.ts';
import { postJson } from '../torture/buyers/post-json.ts';
import type { Random } from '../torture/random.ts';

const PATIENCE_MS = 35_000;
const QUANTITY_MAX = 6;

const RESULT = '{ __typename ... on Booking { id } ... on Error { code } }';
const documents = {
  hold: `mutation ($input: HoldSeatsInput!) { result: holdSeats(input: $input) ${RESULT} }`,
  confirm: `mutation ($input: ConfirmBookingInput!) { result: confirmBooking(input: $input) ${RESULT} }`,
  release: `mutation ($input: ReleaseBookingInput!) { result: releaseBooking(input: $input) ${RESULT} }`,
  cancel: `mutation ($input: CancelBookingInput!) { result: cancelBooking(input: $input) ${RESULT} }`,
};

export interface CrowdOptions {
  readonly eventId: number;
  readonly seatCount: number;
  readonly buyers: readonly Buyer[];
  readonly random: Random;
  readonly stop: AbortSignal;
  /** Null while no node runs. */
  readonly url: () => string | null;
}

/** Number of responses by request and result: `hold Booking`, `hold SeatsUnavailableError`, `confirm no answer`. */
export type CrowdCounts = Map<string, number>;

/**
 * Runs buyers who hold random seats, then confirm, release or abandon them. Confirmed bookings are canceled again after
 * a while, so that there is always something to sell. Runs until aborted.
 */
export async function runCrowd(options: CrowdOptions): Promise<CrowdCounts> {
  const counts: CrowdCounts = new Map();
  await Promise.all(options.buyers.map((buyer) => runBuyer(options, buyer, options.random.fork(), counts)));
  return counts;
}

async function runBuyer(
  { eventId, seatCount, url, stop }: CrowdOptions,
  { token }: Buyer,
  random: Random,
  counts: CrowdCounts,
): Promise<void> {
  const ask = async (what: keyof typeof documents, input: unknown): Promise<string | null> => {
    const answer = await send(url(), token, documents[what], input);
    const outcome = `${what} ${answer?.__typename ?? 'no answer'}`;
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    return answer?.id ?? null;
  };
  while (!stop.aborted) {
    const quantity = random.whole(1, QUANTITY_MAX);
    const first = random.whole(0, seatCount - quantity);
    const seatIds = Array.from({ length: quantity }, (_, i) => encodeSeatId(eventId, first + i));
    const bookingId = await ask('hold', { eventId: encodeEventId(eventId), seatIds });
    await pause(random.whole(0, 150), stop);
    if (bookingId === null) continue;
    const next = random.weighted([
      [40, 'release'],
      [35, 'confirm'],
      [25, 'lapse'],
    ] as const);
    if (next === 'lapse') continue;
    const done = await ask(next, { bookingId });
    if (next !== 'confirm' || done === null) continue;
    await pause(random.whole(0, 500), stop);
    await ask('cancel', { bookingId });
  }
}

interface Result {
  readonly __typename: string;
  readonly id?: string;
}

/** Returns null without a response or without a result, because nodes may be killed at any time. */
async function send(
  url: string | null,
  token: string,
  query: string,
  input: unknown,
): Promise<Result | null> {
  if (url === null) return null;
  const headers = { authorization: `Bearer ${token}` };
  try {
    const { text } = await postJson(`${url}/graphql`, headers, { query, variables: { input } }, PATIENCE_MS);
    const answer = JSON.parse(text) as { readonly data?: { readonly result?: Result | null } | null };
    return answer.data?.result ?? null;
  } catch {
    return null;
  }
}
