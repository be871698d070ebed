import type { Command } from '../../../../../src/booking/rules/commands.ts';
import type {
  BookingRecord,
  Changes,
  EventRules,
  Key,
  LockedState,
  Seat,
  UsedKey,
} from '../../../../../src/booking/rules/model.ts';
import { equal } from './equal.ts';

/** The rows of one event in the database, and how a batch reads and writes them. */
export interface Stored {
  readonly seats: Map<number, Seat>;
  readonly bookings: Map<string, BookingRecord>;
  readonly keys: Map<string, UsedKey>;
}

/** `batch`: the seats that src/booking/batch/run-batch.ts locks. A number: bit n says whether seat n is locked. */
export type Locking = 'everything' | 'batch' | number;

export function emptyHall(event: EventRules): Stored {
  const seats = new Map<number, Seat>();
  for (let index = 0; index < event.seatsTotal; index++) {
    seats.set(index, {
      index,
      tierIndex: index % event.tierAmounts.length,
      status: 'AVAILABLE',
      bookingId: null,
    });
  }
  return { seats, bookings: new Map(), keys: new Map() };
}

export function lock(
  stored: Stored,
  event: EventRules,
  clockMs: number,
  commands: readonly Command[],
  locking: Locking,
  takeoverDelaysMs: readonly number[],
): LockedState {
  const inBatch = new Set<number>();
  if (locking === 'batch') {
    for (const command of commands)
      for (const index of seatsTouchedBy(stored, clockMs, command)) inBatch.add(index);
  }
  const seats = new Map<number, Seat>();
  for (const seat of stored.seats.values()) {
    const isLocked =
      locking === 'batch' ? inBatch.has(seat.index) : locking === 'everything' || (locking >> seat.index) & 1;
    if (isLocked) seats.set(seat.index, seat);
  }
  return {
    clockMs,
    event,
    seats,
    requests: [],
    outages: [],
    revokedBuyers: [],
    takeoverDelaysMs: event.takeoverDelay ? takeoverDelaysMs : [],
    neighbors: new Map(),
    ...readFor(stored, seats, commands),
  };
}

/** Returns the seats that a command names, those of the booking it names, and those of bookings that can be taken over. */
export function seatsTouchedBy(stored: Stored, clockMs: number, command: Command): readonly number[] {
  const named =
    command.kind === 'hold'
      ? [...command.named, ...(command.chosen ?? [])]
      : [
          ...('seats' in command ? command.seats : []),
          ...('bookingId' in command ? (stored.bookings.get(command.bookingId)?.seats ?? []) : []),
        ];
  const takeable = named.flatMap((index) => {
    const booking = stored.bookings.get(stored.seats.get(index)?.bookingId ?? '');
    if (booking?.status !== 'HOLD') return [];
    return booking.holdExpiresAtMs + booking.takeoverDelayMs <= clockMs ? booking.seats : [];
  });
  return [...named, ...takeable];
}

/** Reads only the bookings and keys that a batch reads, so that a rule that needs more fails. */
function readFor(
  stored: Stored,
  seats: ReadonlyMap<number, Seat>,
  commands: readonly Command[],
): Pick<LockedState, 'bookings' | 'keys'> {
  const ids = new Set<string>();
  const buyers = new Set<string>();
  const keys = new Map<string, UsedKey>();
  for (const seat of seats.values())
    if (seat.status === 'HELD' && seat.bookingId !== null) ids.add(seat.bookingId);
  for (const command of commands) {
    if (command.kind !== 'hold' && 'bookingId' in command) ids.add(command.bookingId);
    if (command.kind !== 'hold' && command.kind !== 'confirm' && command.kind !== 'change') continue;
    buyers.add(command.buyerId);
    if (command.kind === 'change') continue;
    const used = command.key === null ? undefined : stored.keys.get(keyName(command.buyerId, command.key));
    if (used === undefined) continue;
    keys.set(keyName(used.buyerId, used), used);
    ids.add(used.bookingId);
  }
  const bookings = new Map<string, BookingRecord>();
  for (const booking of stored.bookings.values()) {
    const counts =
      buyers.has(booking.buyerId) && (booking.status === 'HOLD' || booking.status === 'CONFIRMED');
    if (counts || ids.has(booking.id)) bookings.set(booking.id, booking);
  }
  return { bookings, keys: [...keys.values()] };
}

/** @throws if a row differs from the changes' old state, or exists already. */
export function store(stored: Stored, changes: Changes): void {
  for (const { before, after } of changes.changedBookings) {
    if (!equal(stored.bookings.get(before.id), before))
      throw new Error(`booking ${before.id} was not as before`);
    if (before.id !== after.id) throw new Error(`booking ${before.id} became booking ${after.id}`);
    stored.bookings.set(after.id, Object.freeze(after));
  }
  for (const booking of changes.createdBookings) {
    if (stored.bookings.has(booking.id)) throw new Error(`booking ${booking.id} is created a second time`);
    stored.bookings.set(booking.id, Object.freeze(booking));
  }
  for (const { before, after } of changes.seats) {
    if (!equal(stored.seats.get(before.index), before))
      throw new Error(`seat ${before.index} was not as before`);
    if (before.index !== after.index) throw new Error(`seat ${before.index} became seat ${after.index}`);
    stored.seats.set(after.index, Object.freeze(after));
  }
  for (const used of changes.usedKeys) {
    const name = keyName(used.buyerId, used);
    if (stored.keys.has(name)) throw new Error(`key ${name} is used a second time`);
    stored.keys.set(name, used);
  }
}

function keyName(buyerId: string, key: Key): string {
  return `${buyerId} ${key.operation} ${key.keyHash}`;
}
