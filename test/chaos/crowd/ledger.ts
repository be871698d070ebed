import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';

/** One response, or the lack of one. */
export interface Response {
  readonly answeredAtMs: number;
  readonly invokedAtMs: number;
  /** For reports: `hold Booking`, `confirm BusyError`, `cancel no answer`. */
  readonly what: string;
  /** `error`: the client must repeat its request, because it was not decided or the decision is unknown. */
  readonly kind: 'booking' | 'refusal' | 'error';
}

/** What buyers know for certain, written down by themselves: which bookings are theirs, and which requests failed. */
export class Ledger {
  readonly responses: Response[] = [];
  /** Contradictions between responses. */
  readonly breaches: string[] = [];
  /** Seats by confirmed booking. */
  readonly #sold = new Map<string, readonly number[]>();
  readonly #canceled = new Set<string>();
  /** Bookings whose confirmation or cancellation was still undecided when the buyer gave up. */
  readonly #uncertain = new Set<string>();
  /** The latest owner of each seat that its owner has not offered back. */
  readonly #owners = new Map<number, string>();
  readonly #held = new Map<string, string>();

  get confirmed(): number {
    return this.#sold.size;
  }

  /** Notes a hold that a key has led to. However often the key is sent, it must lead to one booking. */
  noteHold(key: string, bookingId: string): void {
    const before = this.#held.get(key);
    if (before !== undefined && before !== bookingId)
      this.breaches.push(`the same key led to the bookings ${before} and ${bookingId}`);
    this.#held.set(key, bookingId);
  }

  /** Notes an acknowledged confirmation. */
  noteSale(bookingId: string, seats: readonly number[]): void {
    this.#sold.set(bookingId, seats);
    for (const seat of seats) {
      const other = this.#owners.get(seat);
      if (other !== undefined && other !== bookingId)
        this.breaches.push(`seat ${seat} was sold twice: to ${other} and to ${bookingId}`);
      this.#owners.set(seat, bookingId);
    }
  }

  /** Notes that a cancellation is about to be sent. From then on, its seats may be sold again. */
  noteReturn(bookingId: string): void {
    for (const seat of this.#sold.get(bookingId) ?? [])
      if (this.#owners.get(seat) === bookingId) this.#owners.delete(seat);
  }

  /** Notes an acknowledged cancellation. */
  noteCancellation(bookingId: string): void {
    this.#canceled.add(bookingId);
  }

  noteUncertain(bookingId: string): void {
    this.#uncertain.add(bookingId);
  }

  /** Compares with what is stored after all requests have ended, and returns what differs. */
  compare(stored: SoldSeats): string[] {
    const breaches = [...this.breaches];
    for (const [id, seats] of this.#sold) {
      if (this.#canceled.has(id) || this.#uncertain.has(id)) continue;
      const found = stored.get(id);
      if (found === undefined) breaches.push(`the acknowledged confirmation of ${id} is lost`);
      else if (found.join() !== seats.join())
        breaches.push(`${id} was confirmed with the seats ${seats.join()}, but has ${found.join()}`);
    }
    for (const id of stored.keys()) {
      if (this.#canceled.has(id)) breaches.push(`the acknowledged cancellation of ${id} is lost`);
      else if (!this.#sold.has(id) && !this.#uncertain.has(id))
        breaches.push(`${id} is confirmed, but its buyer was refused`);
    }
    return breaches;
  }
}

/** Seats by confirmed booking, in ascending order. */
export type SoldSeats = ReadonlyMap<string, readonly number[]>;

export async function readSold(db: PrismaClient, eventId: number): Promise<SoldSeats> {
  const rows = await db.$queryRaw<{ id: string; seats: number[] }[]>(sql`/* readSold */
    SELECT b.id, array_agg(s.seat_index ORDER BY s.seat_index) AS seats
    FROM bookings b JOIN booking_seats s ON s.event_id = b.event_id AND s.booking_id = b.id
    WHERE b.event_id = ${eventId} AND b.status = 'CONFIRMED' GROUP BY b.id`);
  return new Map(rows.map(({ id, seats }) => [id, seats]));
}
