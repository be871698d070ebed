import { createHash } from 'node:crypto';
import type { Attempt, Instant, Outcome, Request } from '../../torture/history.ts';
import type { Change, EventRecord, StoredBooking, StoredKey } from '../../torture/check/event-record.ts';

export const ALICE = '00000000-0000-7000-8000-00000000000a';
export const BOB = '00000000-0000-7000-8000-00000000000b';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A record and a history that can be bent. */
export interface Story {
  record: Writable<Omit<EventRecord, 'changes' | 'bookings' | 'keys'>> & {
    changes: Writable<Change>[];
    bookings: Writable<StoredBooking>[];
    keys: StoredKey[];
  };
  history: Writable<Attempt>[];
}

const TTL_MS = 1_000;
const SEATS = 6;

/** Writes a small story, moment by moment, as a right server would have it. Bookings are named by their letter. */
export class StoryTeller {
  readonly story: Story = {
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
    history: [],
  };

  /** A hold that is made and answered between `fromMs` and `untilMs`, and decided in the middle. */
  hold(
    id: string,
    buyerId: string,
    seats: readonly number[],
    [fromMs, untilMs]: readonly [number, number],
    key: string | null = null,
  ): this {
    const { record } = this.story;
    const clockMs = (fromMs + untilMs) / 2;
    const holdExpiresAtMs = clockMs + TTL_MS;
    const claims = seats.map((seat) => ({ seat, status: 'HOLD' as const }));
    record.bookings.push({ id, buyerId, status: 'HOLD', holdExpiresAtMs, claims });
    this.#change(clockMs, id, 'HOLD');
    if (key !== null)
      record.keys.push({ buyerId, operation: 'holdSeats', keyHash: hashOf(key), bookingId: id });
    const request: Request = { kind: 'hold', mode: 'exact', seats, quantity: seats.length, key };
    return this.asked(buyerId, request, [fromMs, untilMs], {
      kind: 'success',
      bookingId: id,
      status: 'HOLD',
      holdExpiresAtMs,
    });
  }

  confirm(id: string, [fromMs, untilMs]: readonly [number, number]): this {
    this.#change((fromMs + untilMs) / 2, id, 'CONFIRMED');
    const { buyerId, holdExpiresAtMs } = this.booking(id);
    return this.asked(buyerId, { kind: 'confirm', bookingId: id, key: null }, [fromMs, untilMs], {
      kind: 'success',
      bookingId: id,
      status: 'CONFIRMED',
      holdExpiresAtMs,
    });
  }

  release(id: string, [fromMs, untilMs]: readonly [number, number]): this {
    this.#change((fromMs + untilMs) / 2, id, 'RELEASED');
    const { buyerId, holdExpiresAtMs } = this.booking(id);
    return this.asked(buyerId, { kind: 'release', bookingId: id, key: null }, [fromMs, untilMs], {
      kind: 'success',
      bookingId: id,
      status: 'RELEASED',
      holdExpiresAtMs,
    });
  }

  expire(id: string, clockMs: number): this {
    return this.#change(clockMs, id, 'EXPIRED');
  }

  asked(
    buyerId: string,
    request: Request,
    [fromMs, untilMs]: readonly [number, number],
    outcome: Outcome,
  ): this {
    const n = this.story.history.length + 1;
    const node = 'A';
    this.story.history.push({
      n,
      node,
      buyerId,
      request,
      invoked: at(fromMs),
      answered: at(untilMs),
      outcome,
    });
    return this;
  }

  booking(id: string): Writable<StoredBooking> {
    const booking = this.story.record.bookings.find((one) => one.id === id);
    if (booking === undefined) throw new Error(`the story has no booking ${id}`);
    return booking;
  }

  #change(clockMs: number, id: string, status: StoredBooking['status']): this {
    const { record } = this.story;
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
}

/** A moment of the story, on both clocks. */
export function at(ms: number): Instant {
  return { monotonicMs: ms, wallMs: ms };
}

export function hashOf(key: string): string {
  return createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex');
}
