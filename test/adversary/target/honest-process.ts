// A separate process: a buyer who holds and releases seats over HTTP, and a page that watches them over a WebSocket.
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { pause } from '../../support/pause.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';

/** Responses to honest requests since the last report. */
export interface HonestReport {
  readonly held: number;
  readonly updates: number;
  readonly worstMs: number;
  readonly failures: readonly string[];
}

export interface HonestOrder {
  readonly url: string;
  readonly eventId: number;
  readonly seatCount: number;
}

const PACE_MS = 40;
const RETRIES_MAX = 5;
const RETRY_AFTER_MS = 1_000;
const SEATS = 3;

let held = 0;
let updates = 0;
let worstMs = 0;
let failures: string[] = [];
let stop = new AbortController();
let page: Client | undefined;
let working: Promise<void> = Promise.resolve();

process.on('message', (order: HonestOrder | 'report' | 'rest') => {
  if (order === 'report') return report();
  stop.abort();
  const before = working;
  working = (order === 'rest' ? rest(before) : work(before, order)).catch((error: unknown) => {
    failures.push(String(error));
  });
});
process.on('disconnect', () => process.exit(0));

function report(): void {
  process.send?.({ held, updates, worstMs, failures } satisfies HonestReport);
  [held, updates, worstMs, failures] = [0, 0, 0, []];
}

async function rest(before: Promise<void>): Promise<void> {
  await before;
  await page?.dispose();
  failures = [];
}

async function work(before: Promise<void>, { url, eventId, seatCount }: HonestOrder): Promise<void> {
  await rest(before);
  stop = new AbortController();
  const { signal } = stop;
  page = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    shouldRetry: () => true,
    retryAttempts: 1_000,
  });
  page.subscribe(
    {
      query: 'subscription ($e: ID!) { seatUpdates(eventId: $e) { __typename } }',
      variables: { e: encodeEventId(eventId) },
    },
    {
      next: () => void updates++,
      error: (error) => void (signal.aborted || failures.push(`watching: ${JSON.stringify(error)}`)),
      complete: () => undefined,
    },
  );
  const buyer = await firstBuyer(url, signal);
  for (let first = 0; !signal.aborted; first = (first + SEATS) % (seatCount - SEATS)) {
    await holdAndRelease(buyer, eventId, first, signal);
    await pause(PACE_MS, signal);
  }
}

async function firstBuyer(url: string, signal: AbortSignal): Promise<BuyerClient> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await BuyerClient.start(url);
    } catch (error) {
      if (attempt >= RETRIES_MAX || signal.aborted) throw error;
      await pause(RETRY_AFTER_MS, signal);
    }
  }
}

async function holdAndRelease(
  buyer: BuyerClient,
  eventId: number,
  first: number,
  signal: AbortSignal,
): Promise<void> {
  const seats = Array.from({ length: SEATS }, (_, i) => first + i);
  let why = '';
  for (let attempt = 0; attempt < RETRIES_MAX && !signal.aborted; attempt++) {
    const startedAt = performance.now();
    try {
      const booking = await buyer.hold(eventId, seats);
      const bookingId = booking?.['id'];
      if (typeof bookingId === 'string') {
        await release(buyer, bookingId);
        worstMs = Math.max(worstMs, performance.now() - startedAt);
        held++;
        return;
      }
      // Still held by a server that ended before the release.
      if (booking?.['__typename'] === 'SeatsUnavailableError') return;
      why = JSON.stringify(booking);
    } catch (error) {
      why = String(error);
    }
    await pause(RETRY_AFTER_MS, signal);
  }
  if (!signal.aborted) failures.push(`no response to a hold in ${RETRIES_MAX} attempts: ${why}`);
}

async function release(buyer: BuyerClient, bookingId: string): Promise<void> {
  await buyer.send('mutation ($i: ReleaseBookingInput!) { releaseBooking(input: $i) { __typename } }', {
    i: { bookingId },
  });
}
