import fc from 'fast-check';
import type { Command } from '../../../../../src/booking/rules/commands.ts';
import type { EventRules, EventStatus, Key } from '../../../../../src/booking/rules/model.ts';
import type { Stored } from './stored-state.ts';

/** Small numbers, so that seats, buyers, keys and deadlines collide. */
export const anEvent: EventRules = {
  eventId: 1,
  organizerId: 'org',
  status: 'ON_SALE',
  onSaleAtMs: 1_001,
  saleEndsAtMs: 1_060,
  cancelableUntilMs: 1_060,
  seatLimit: 4,
  holdTtlMs: 5,
  holdExtensionMs: 2,
  holdLifetimeMaxMs: 6,
  orphanRule: 'ALLOW',
  bookingMode: 'DIRECT',
  buyersMayCancel: true,
  takeoverDelay: false,
  needsAdmission: false,
  seatsTotal: 10,
  tierAmounts: [100, 10, 1],
};
export const START_MS = 1_000;
const INTENTS_MAX = 8;

/** The commands of one instant. */
export interface Round {
  readonly passedMs: number;
  readonly rules: Partial<EventRules>;
  /** The takeover delay of each intent, if the event has one. */
  readonly takeoverDelaysMs: readonly number[];
  readonly intents: readonly Intent[];
  /** Bit n: seat n is locked, for properties that lock at random. */
  readonly lockedSeats: number;
  /** Bit n: a batch ends after command n, for properties that split the round. */
  readonly cuts: number;
}

type Intent =
  | {
      readonly kind: 'hold';
      readonly buyer: string;
      readonly seats: readonly number[];
      readonly other: Other;
      readonly key: KeyPick;
    }
  | {
      readonly kind: 'confirm' | 'release' | 'extend' | 'cancel' | 'expire';
      readonly which: Which;
      readonly stranger: string | null;
      readonly key: KeyPick;
    }
  | {
      readonly kind: 'change';
      readonly which: Which;
      readonly stranger: string | null;
      readonly seats: readonly number[];
    }
  | { readonly kind: 'block' | 'unblock'; readonly organizerId: string; readonly seats: readonly number[] };
/** The seats that the server chose: none, instead of named seats, or in addition to them. */
type Other = { readonly as: 'none' | 'instead' | 'besides'; readonly from: number };
/** A booking, counted back from the last, among the existing ones or those of the same round. */
type Which = { readonly of: 'stored' | 'round'; readonly back: number };
type KeyPick = { readonly keyHash: string; readonly inputHash: string } | null;

const shapes = [[0], [0, 1], [0, 1, 2], [0, 3], [0, 1, 2, 3], [0, 2, 4], [0, 1, 2, 3, 4]];
const seatSets = [
  [0],
  [9, 10],
  [10],
  ...shapes.flatMap((shape) => Array.from({ length: 10 }, (_, first) => shifted(shape, first))),
];
const { constantFrom, nat, record } = fc;
const seats = constantFrom(...seatSets);
const buyer = constantFrom('ada', 'bob', 'cyd', 'org');
const key = constantFrom<KeyPick>(
  ...Array.from({ length: 12 }, () => null),
  ...Array.from({ length: 6 }, (_, n) => ({ keyHash: `k${n % 3}`, inputHash: `i${n > 2 ? 1 : 0}` })),
);
const others = (['instead', 'besides'] as const).flatMap((as) =>
  [0, 3, 7, -1].map((from): Other => ({ as, from })),
);
const none: Other = { as: 'none', from: 0 };
const other = constantFrom<Other>(...Array.from({ length: 8 }, () => none), ...others);
const transition = constantFrom(
  'confirm',
  'confirm',
  'confirm',
  'release',
  'release',
  'extend',
  'cancel',
  'expire',
);
const which = record<Which>({
  of: constantFrom('stored', 'stored', 'stored', 'stored', 'round'),
  back: nat(5),
});
const stranger = constantFrom(...Array.from({ length: 9 }, () => null), 'ada', 'bob', 'org');
const organizerId = constantFrom('org', 'org', 'org', 'org', 'org', 'org', 'ada');

const intent: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 8, arbitrary: record({ kind: fc.constant('hold' as const), buyer, seats, other, key }) },
  { weight: 7, arbitrary: record({ kind: transition, which, stranger, key }) },
  { weight: 2, arbitrary: record({ kind: fc.constant('change' as const), which, stranger, seats }) },
  { weight: 2, arbitrary: record({ kind: constantFrom('block', 'unblock'), organizerId, seats }) },
);
const variants = constantFrom<Partial<EventRules>>(
  ...Array.from({ length: 30 }, () => ({})),
  ...(['PAUSED', 'PAUSED', 'DRAFT', 'ENDED', 'CANCELED'] satisfies EventStatus[]).map((status) => ({
    status,
  })),
  // Around the times that the clock of most plays reaches.
  ...[995, 1_004, 1_008, 1_012].map((saleEndsAtMs) => ({ saleEndsAtMs })),
  ...[1_006, 1_010].map((cancelableUntilMs) => ({ cancelableUntilMs })),
  ...Array.from({ length: 4 }, () => ({ holdExtensionMs: null, buyersMayCancel: false })),
  ...Array.from({ length: 4 }, () => ({ holdExtensionMs: 1, holdLifetimeMaxMs: 7 })),
  ...Array.from({ length: 4 }, () => ({ holdLifetimeMaxMs: 5, buyersMayCancel: false })),
);
const rules = fc
  .tuple(variants, fc.boolean())
  .map(([variant, takeoverDelay]): Partial<EventRules> => ({ ...variant, takeoverDelay }));

export const rounds: fc.Arbitrary<Round[]> = fc.array(
  record({
    passedMs: constantFrom(0, 0, 0, 1, 1, 2, 3, 5),
    rules,
    takeoverDelaysMs: fc.array(constantFrom(1, 2, 2, 4), { minLength: INTENTS_MAX, maxLength: INTENTS_MAX }),
    intents: fc.array(intent, { minLength: 1, maxLength: INTENTS_MAX, size: 'max' }),
    // Mostly all but a few: with every second seat unlocked, most commands would be retried.
    lockedSeats: fc.tuple(nat(1023), nat(1023), nat(1023)).map(([a, b, c]) => a | b | c),
    cuts: nat(127),
  }),
  { minLength: 1, maxLength: 16, size: 'max' },
);

interface Known {
  readonly id: string;
  readonly buyerId: string;
}

/** Turns intents into commands. Bookings get IDs in the order of their holds, starting with `firstId`. */
export function commandsOf(round: Round, stored: Stored, firstId: number): Command[] {
  const bookings: Known[] = [...stored.bookings.values()];
  const holds: Known[] = [];
  return round.intents.map((intent, n): Command => {
    if (intent.kind === 'hold') {
      const id = `b${firstId + n}`;
      holds.push({ id, buyerId: intent.buyer });
      return holdOf(intent, id);
    }
    if ('organizerId' in intent) return intent;
    const { of, back } = intent.which;
    const list = (of === 'round' && holds.length > 0) || bookings.length === 0 ? holds : bookings;
    const booking = list[list.length - 1 - (back % list.length)];
    const id = booking?.id ?? 'none';
    const buyerId = intent.stranger ?? booking?.buyerId ?? 'ada';
    if (intent.kind === 'expire') return { kind: 'expire', bookingId: id };
    if (intent.kind === 'cancel') return { kind: 'cancel', bookingId: id, callerId: buyerId };
    if (intent.kind === 'change') return { kind: 'change', bookingId: id, buyerId, seats: intent.seats };
    if (intent.kind !== 'confirm') return { kind: intent.kind, bookingId: id, buyerId };
    return { kind: 'confirm', bookingId: id, buyerId, key: keyOf('confirmBooking', intent.key) };
  });
}

function holdOf({ buyer, seats, other, key }: Extract<Intent, { kind: 'hold' }>, bookingId: string): Command {
  // A hold can name seats that do not exist; the server never chooses them.
  const inHall = seats.every((index) => index < anEvent.seatsTotal);
  const alternative = other.from < 0 || !inHall ? [] : seats.map((index) => (index + other.from) % 10);
  return {
    kind: 'hold',
    bookingId,
    buyerId: buyer,
    named: other.as === 'instead' ? [] : seats,
    quantity: seats.length,
    chosen: other.as === 'none' ? null : alternative,
    key: keyOf(other.as === 'instead' ? 'holdBestAvailable' : 'holdSeats', key),
  };
}

function keyOf(operation: Key['operation'], pick: KeyPick): Key | null {
  return pick === null ? null : { operation, ...pick };
}

function shifted(shape: readonly number[], first: number): number[] {
  return shape.map((index) => (index + first) % 10).sort((a, b) => a - b);
}
