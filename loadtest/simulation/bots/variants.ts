import type { Cycler } from './cycler.ts';
import type { ScraperBuyer } from './scraper-buyer.ts';
import type { Sniper } from './sniper.ts';

/** The rules are tuned on one half of the variants; the reported figures are those of the other. */
export const halves = ['training', 'held-out'] as const;
export type Half = (typeof halves)[number];

type Halves<T> = Readonly<Record<Half, readonly T[]>>;

/*
 * Every variant is one operator. Numbers are jittered by up to 30 % in each sale. Times are in milliseconds.
 */

const cycler = (
  [networks, addressesPerNetwork, holds, seatsPerHold]: readonly [number, number, number, number],
  [ends, marginMs, gapMs]: readonly ['release' | 'expire', number, number],
  [holdsPerIdentity, seats, after]: readonly [number, 'same seats' | 'any seats', 'waits' | 'replaces'],
  hides = false,
): Cycler => ({
  name: [
    `${holds} holds of ${seatsPerHold} seats`,
    ends === 'expire' ? 'expire' : `released ${marginMs / 1000} s early`,
    seats,
    `${holdsPerIdentity === Infinity ? 'any number' : holdsPerIdentity} per identity`,
    `${networks} × ${addressesPerNetwork} addresses`,
    after,
    ...(hides ? ['among buyers'] : []),
  ].join(', '),
  networks,
  addressesPerNetwork,
  holds,
  seatsPerHold,
  ends,
  marginMs,
  gapMs,
  holdsPerIdentity,
  keepsSeats: seats === 'same seats',
  replaces: after === 'replaces',
  hides,
});

/** Many identities behind few addresses. */
export const holdCyclers: Halves<Cycler> = {
  training: [
    cycler([1, 1, 15, 8], ['release', 5_000, 300], [Infinity, 'same seats', 'waits']),
    cycler([1, 5, 90, 6], ['expire', 0, 500], [1, 'same seats', 'replaces']),
    cycler([3, 2, 120, 5], ['release', 240_000, 2_000], [2, 'any seats', 'replaces']),
    cycler([1, 4, 100, 4], ['expire', 0, 4_000], [Infinity, 'any seats', 'waits']),
  ],
  'held-out': [
    cycler([1, 1, 20, 6], ['expire', 0, 200], [Infinity, 'same seats', 'replaces']),
    cycler([1, 5, 70, 8], ['release', 20_000, 1_000], [1, 'same seats', 'waits']),
    cycler([4, 1, 80, 6], ['release', 150_000, 5_000], [3, 'any seats', 'replaces']),
    cycler([2, 3, 150, 4], ['expire', 0, 1_500], [2, 'any seats', 'waits']),
  ],
};

/** Many identities, each behind an address of its own, such as residential proxies. */
export const distributedCyclers: Halves<Cycler> = {
  training: [
    cycler([60, 1, 60, 6], ['expire', 0, 1_000], [Infinity, 'same seats', 'waits']),
    cycler([200, 1, 50, 4], ['release', 10_000, 500], [1, 'same seats', 'replaces'], true),
    cycler([90, 1, 45, 8], ['release', 60_000, 3_000], [2, 'any seats', 'replaces']),
  ],
  'held-out': [
    cycler([50, 1, 50, 8], ['release', 3_000, 800], [Infinity, 'any seats', 'waits'], true),
    cycler([300, 1, 60, 4], ['expire', 0, 2_000], [1, 'same seats', 'replaces']),
    cycler([120, 1, 40, 6], ['expire', 0, 600], [2, 'same seats', 'replaces'], true),
  ],
};

const sniper = (
  [networks, addressesPerNetwork, identities]: readonly [number, number, number],
  [aims, intervalMs, seatsPerTry]: readonly ['always' | 'at deadlines', number, number],
  pays: number,
  after: 'waits' | 'replaces',
): Sniper => ({
  name: `${identities} identities, ${aims}, every ${intervalMs} ms, ${seatsPerTry} seats, ${networks} × ${addressesPerNetwork} addresses, ${after}`,
  networks,
  addressesPerNetwork,
  identities,
  aims,
  intervalMs,
  seatsPerTry,
  pays,
  replaces: after === 'replaces',
});

export const snipers: Halves<Sniper> = {
  training: [
    sniper([1, 1, 5], ['always', 400, 1], 0.5, 'waits'),
    sniper([1, 4, 20], ['at deadlines', 150, 2], 0.8, 'replaces'),
    sniper([10, 1, 10], ['always', 3_000, 2], 0.3, 'waits'),
    sniper([20, 1, 20], ['at deadlines', 1_000, 4], 0.9, 'replaces'),
  ],
  'held-out': [
    sniper([1, 2, 10], ['always', 1_200, 2], 0.7, 'replaces'),
    sniper([2, 2, 12], ['at deadlines', 300, 4], 0.5, 'waits'),
    sniper([8, 1, 8], ['always', 600, 4], 0.9, 'waits'),
    sniper([30, 1, 30], ['at deadlines', 600, 2], 0.4, 'replaces'),
  ],
};

const scraper = (
  [addressesPerNetwork, identities, seatsPerHold, bookings]: readonly [number, number, number, number],
  [startGapMs, payMs]: readonly [number, number],
  after: 'waits' | 'replaces',
): ScraperBuyer => ({
  name: `${identities} identities, ${bookings} × ${seatsPerHold} seats each, 1 × ${addressesPerNetwork} addresses, ${after}`,
  networks: 1,
  addressesPerNetwork,
  identities,
  seatsPerHold,
  bookings,
  startGapMs,
  payMs,
  replaces: after === 'replaces',
});

export const scraperBuyers: Halves<ScraperBuyer> = {
  training: [
    scraper([1, 40, 4, 1], [500, 8_000], 'waits'),
    scraper([8, 80, 8, 1], [200, 15_000], 'replaces'),
    scraper([20, 60, 2, 3], [2_000, 30_000], 'waits'),
  ],
  'held-out': [
    scraper([2, 50, 6, 1], [1_000, 5_000], 'replaces'),
    scraper([12, 100, 4, 1], [300, 20_000], 'waits'),
    scraper([30, 60, 4, 2], [5_000, 45_000], 'replaces'),
  ],
};
