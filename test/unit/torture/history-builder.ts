import { createHash } from 'node:crypto';
import { checkHistory } from '../../torture/check/check-history.ts';
import type { Change, EventRecord, StoredBooking, StoredKey } from '../../torture/check/event-record.ts';
import type { Attempt, Instant, Outcome, Request } from '../../torture/history.ts';

export const ALICE = '00000000-0000-7000-8000-00000000000a';
export const BOB = '00000000-0000-7000-8000-00000000000b';
export const HOLD_TTL_MS = 1_000;
const SEATS = 6;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Times = readonly [fromMs: number, untilMs: number];

/** A mutable change record and the attempts of its clients. */
export interface History {
  record: Writable<Omit<EventRecord, 'changes' | 'bookings' | 'keys'>> & {
    changes: Writable<Change>[];
    bookings: Writable<StoredBooking>[];
    keys: StoredKey[];
  };
  attempts: Writable<Attempt>[];
}

export const unknown: Outcome = { kind: 'unknown', why: 'timeout' };

export function holdOf(seats: readonly number[], key: string | null = null): Request {
  return { kind: 'hold', mode: 'exact', seats, quantity: seats.length, key };
}

export function bestOf(quantity: number): Request {
  return { kind: 'hold', mode: 'best', seats: [], quantity, key: null };
}

export function confirmOf(bookingId: string): Request {
  return { kind: 'confirm', bookingId, key: null };
}

export function unavailable(...seats: number[]): Outcome {
  return { kind: 'refused', code: 'SEATS_UNAVAILABLE', seats };
}

/** Builds the history of a hall with six seats and a limit of four, step by step, as a correct server produces it. */
export class HistoryBuilder {
  readonly history: History = {
    record: {
      eventId: 1,
      seatLimit: 4,
      seatsTotal: SEATS,
      seatVersion: 0,
      counted: { held: 0, booked: 0, blocked: 0 },
      changes: [],
      bookings: [],
      seats: Array.from({ length: SEATS }, (_, seat) => ({ seat, status: 'AVAILABLE', bookingId: null })),
      keys: [],
    },
    attempts: [],
  };

  /** Adds a hold and its response. It is decided in the middle of its time. */
  hold(id: string, buyerId: string, seats: readonly number[], times: Times, key: string | null = null): this {
    this.recordHold(id, buyerId, seats, middle(times));
    if (key !== null) {
      const keyHash = createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex');
      this.history.record.keys.push({ buyerId, operation: 'holdSeats', keyHash, bookingId: id });
    }
    return this.attempt(buyerId, holdOf(seats, key), times, this.succeeded(id));
  }

  confirm(id: string, times: Times): this {
    this.recordStatus(id, 'CONFIRMED', middle(times));
    return this.attempt(this.booking(id).buyerId, confirmOf(id), times, this.succeeded(id));
  }

  release(id: string, times: Times): this {
    this.recordStatus(id, 'RELEASED', middle(times));
    const request: Request = { kind: 'release', bookingId: id, key: null };
    return this.attempt(this.booking(id).buyerId, request, times, this.succeeded(id));
  }

  /** Adds a hold to the change record without an attempt. */
  recordHold(id: string, buyerId: string, seats: readonly number[], clockMs: number): this {
    const claims = seats.map((seat) => ({ seat, status: 'HOLD' as const }));
    const holdExpiresAtMs = clockMs + HOLD_TTL_MS;
    const takeoverAtMs = holdExpiresAtMs;
    this.history.record.bookings.push({ id, buyerId, status: 'HOLD', holdExpiresAtMs, takeoverAtMs, claims });
    return this.recordStatus(id, 'HOLD', clockMs);
  }

  /** Adds a change of a booking to the change record without an attempt. */
  recordStatus(id: string, status: StoredBooking['status'], clockMs: number): this {
    const { record } = this.history;
    const booking = this.booking(id);
    const [from, to] = (
      {
        HOLD: ['AVAILABLE', 'HELD'],
        CONFIRMED: ['HELD', 'BOOKED'],
        RELEASED: ['HELD', 'AVAILABLE'],
        EXPIRED: ['HELD', 'AVAILABLE'],
        CANCELED: ['BOOKED', 'AVAILABLE'],
      } as const
    )[status];
    const steps = booking.claims.map(({ seat }) => ({ seat, from, to, bookingId: id }));
    record.changes.push({ version: ++record.seatVersion, clockMs, steps, bookings: [{ id, status }] });
    booking.status = status;
    booking.claims = booking.claims.map(({ seat }) => ({ seat, status }));
    const bookingId = to === 'AVAILABLE' ? null : id;
    record.seats = record.seats.map((one) =>
      steps.some(({ seat }) => seat === one.seat) ? { ...one, status: to, bookingId } : one,
    );
    const count = (wanted: string) => record.seats.filter((one) => one.status === wanted).length;
    record.counted = { held: count('HELD'), booked: count('BOOKED'), blocked: 0 };
    return this;
  }

  /** Adds an attempt without an effect on the record. */
  attempt(buyerId: string, request: Request, [fromMs, untilMs]: Times, outcome: Outcome): this {
    const n = this.history.attempts.length + 1;
    const [invoked, answered] = [at(fromMs), at(untilMs)];
    this.history.attempts.push({ n, node: 'A', buyerId, request, invoked, answered, outcome });
    return this;
  }

  booking(id: string): Writable<StoredBooking> {
    const booking = this.history.record.bookings.find((one) => one.id === id);
    if (booking === undefined) throw new Error(`the history has no booking ${id}`);
    return booking;
  }

  /** Returns a success that shows the booking as it is now. */
  succeeded(id: string): Outcome {
    const { status, holdExpiresAtMs } = this.booking(id);
    return { kind: 'success', bookingId: id, status, holdExpiresAtMs };
  }

  /** Returns the rules that the checker finds broken, sorted. */
  check(): string[] {
    const breaches = checkHistory(this.history.attempts, this.history.record);
    return [...new Set(breaches.map(({ rule }) => rule))].sort();
  }
}

/** Returns a point in time on both clocks. */
export function at(ms: number): Instant {
  return { monotonicMs: ms, wallMs: ms };
}

function middle([fromMs, untilMs]: Times): number {
  return (fromMs + untilMs) / 2;
}
