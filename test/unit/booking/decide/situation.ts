import { decide } from '../../../../src/booking/rules/decide.ts';
import type {
  Command,
  ConfirmCommand,
  HoldCommand,
  ReleaseCommand,
} from '../../../../src/booking/rules/commands.ts';
import type {
  BookingRecord,
  Changes,
  EventRules,
  Key,
  LockedState,
  Seat,
  SettledRequest,
  UsedKey,
} from '../../../../src/booking/rules/model.ts';
import type { Outcome } from '../../../../src/booking/rules/draft.ts';

/** The clock of every example. The sale started a second ago and ends in two seconds; holds last one second. */
export const NOW = 1_700_000_000_000;

export const theEvent: EventRules = {
  eventId: 7,
  organizerId: 'org',
  status: 'ON_SALE',
  onSaleAtMs: NOW - 1_000,
  saleEndsAtMs: NOW + 2_000,
  cancelableUntilMs: NOW + 3_000,
  seatLimit: 4,
  holdTtlMs: 1_000,
  holdExtensionMs: 400,
  holdLifetimeMaxMs: 1_400,
  orphanRule: 'ALLOW',
  bookingMode: 'DIRECT',
  buyersMayCancel: true,
  takeoverDelay: false,
  needsAdmission: false,
  seatsTotal: 10,
  // Seats with an even index cost 100, the others 10.
  tierAmounts: [100, 10],
};

interface Situation {
  readonly event?: Partial<EventRules>;
  readonly clockMs?: number;
  readonly bookings?: readonly BookingRecord[];
  readonly blocked?: readonly number[];
  readonly keys?: readonly UsedKey[];
  readonly requests?: readonly SettledRequest[];
  readonly revokedBuyers?: readonly string[];
  readonly outages?: LockedState['outages'];
  readonly takeoverDelaysMs?: readonly number[];
  /** Seats that are not locked. */
  readonly unlocked?: readonly number[];
}

/** Creates a hall of seats 0 to 9 with the given bookings. All other seats are available; all but `unlocked` are locked. */
export function given(situation: Situation = {}): LockedState {
  const seats = new Map<number, Seat>();
  const { bookings = [], blocked = [], unlocked = [] } = situation;
  for (let index = 0; index < theEvent.seatsTotal; index++) {
    const status = blocked.includes(index) ? 'BLOCKED' : 'AVAILABLE';
    seats.set(index, { index, tierIndex: index % 2, status, bookingId: null });
  }
  for (const booking of bookings) {
    if (booking.status !== 'HOLD' && booking.status !== 'CONFIRMED') continue;
    const status = booking.status === 'HOLD' ? 'HELD' : 'BOOKED';
    for (const index of booking.seats)
      seats.set(index, { index, tierIndex: index % 2, status, bookingId: booking.id });
  }
  for (const index of unlocked) seats.delete(index);
  return {
    clockMs: situation.clockMs ?? NOW,
    event: { ...theEvent, ...situation.event },
    seats,
    bookings: new Map(bookings.map((booking) => [booking.id, booking])),
    keys: situation.keys ?? [],
    requests: situation.requests ?? [],
    outages: situation.outages ?? [],
    revokedBuyers: situation.revokedBuyers ?? [],
    takeoverDelaysMs: situation.takeoverDelaysMs ?? [],
    neighbors: new Map(),
  };
}

/** Ada's hold `h` of seats 0 and 1, by default created half a second ago, with half a second left. */
export function aHold(changed: Partial<BookingRecord> = {}): BookingRecord {
  return {
    eventId: 7,
    id: 'h',
    buyerId: 'ada',
    status: 'HOLD',
    seats: [0, 1],
    totalAmount: 110,
    createdAtMs: NOW - 500,
    holdExpiresAtMs: NOW + 500,
    takeoverDelayMs: 0,
    extendedAtMs: null,
    confirmedAtMs: null,
    endedAtMs: null,
    ...changed,
  };
}

/** A hold whose deadline is the current millisecond. */
export function anOverdueHold(changed: Partial<BookingRecord> = {}): BookingRecord {
  return aHold({ createdAtMs: NOW - 1_000, holdExpiresAtMs: NOW, ...changed });
}

export function aConfirmed(changed: Partial<BookingRecord> = {}): BookingRecord {
  return anOverdueHold({ status: 'CONFIRMED', confirmedAtMs: NOW - 400, ...changed });
}

/** A command to hold the seats, by default for Bob, as booking `new`. */
export function hold(named: readonly number[], changed: Partial<HoldCommand> = {}): HoldCommand {
  const base = { kind: 'hold', bookingId: 'new', buyerId: 'bob', chosen: null, key: null } as const;
  return { ...base, named, quantity: named.length, ...changed };
}

/** A command to hold seats that the server chose. */
export function holdBest(chosen: readonly number[], changed: Partial<HoldCommand> = {}): HoldCommand {
  return hold([], { quantity: chosen.length, chosen, ...changed });
}

export function confirm(changed: Partial<ConfirmCommand> = {}): ConfirmCommand {
  return { kind: 'confirm', bookingId: 'h', buyerId: 'ada', key: null, ...changed };
}

export function release(changed: Partial<ReleaseCommand> = {}): ReleaseCommand {
  return { kind: 'release', bookingId: 'h', buyerId: 'ada', ...changed };
}

export const expire: Command = { kind: 'expire', bookingId: 'h' };

export function block(seats: readonly number[], organizerId = 'org'): Command {
  return { kind: 'block', organizerId, seats };
}

export function unblock(seats: readonly number[], organizerId = 'org'): Command {
  return { kind: 'unblock', organizerId, seats };
}

export function aKey(changed: Partial<Key> = {}): Key {
  return { operation: 'holdSeats', keyHash: 'k', inputHash: 'i', ...changed };
}

export const nothing: Changes = {
  steps: [],
  seats: [],
  createdBookings: [],
  changedBookings: [],
  usedKeys: [],
  settledRequests: [],
};

/** Decides one command. */
export function decideOne(locked: LockedState, command: Command): { outcome: Outcome; changes: Changes } {
  const { outcomes, changes } = decide(locked, [command]);
  const [outcome] = outcomes;
  if (outcome === undefined || outcomes.length !== 1) throw new Error('not one outcome for one command');
  return { outcome, changes };
}

/** Steps as text, e.g. `0 AVAILABLE>HELD new`. */
export function stepsOf({ steps }: Changes): string[] {
  return steps.map(({ seat, from, to, bookingId }) => `${seat} ${from}>${to} ${bookingId}`);
}

/** Net changes as text, e.g. `0 AVAILABLE(null)>HELD(new)`. */
export function netOf({ seats }: Changes): string[] {
  return seats.map(
    ({ before, after }) =>
      `${before.index} ${before.status}(${before.bookingId})>${after.status}(${after.bookingId})`,
  );
}
