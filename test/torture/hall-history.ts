import { createHall } from '../support/hall.ts';
import { SEATS_PER_ROW, TIERS } from './hall.ts';
import type { PrismaClient } from '../../src/platform/database/db.ts';
import type { Attempt, Request } from './history.ts';
import type { Random } from './random.ts';

/** A hold that a client knows. */
export interface KnownHold {
  readonly bookingId: string;
  readonly buyerId: string;
  readonly holdExpiresAtMs: number;
}

/** A small, crowded hall and all requests about it. */
export class HallHistory {
  readonly eventId: number;
  readonly seatCount: number;
  readonly attempts: Attempt[] = [];
  /** The latest holds, which clients confirm, release or try again after their deadline. */
  readonly holds: KnownHold[] = [];
  /** Keyed requests that succeeded, which clients repeat. */
  readonly succeeded: { readonly buyerId: string; readonly request: Request }[] = [];
  #asked = 0;
  #seatsSold = 0;

  constructor(eventId: number, seatCount: number) {
    this.eventId = eventId;
    this.seatCount = seatCount;
  }

  nextNumber(): number {
    return ++this.#asked;
  }

  /** Whether too few seats are left to compete for, or the history becomes too long to read. */
  get isWornOut(): boolean {
    return this.#asked >= ATTEMPTS_MAX || this.#seatsSold > 0.75 * this.seatCount;
  }

  add(attempt: Attempt): void {
    this.attempts.push(attempt);
    const { request, outcome, buyerId } = attempt;
    if (outcome.kind !== 'success') return;
    const { bookingId, holdExpiresAtMs } = outcome;
    if (request.key !== null) keep(this.succeeded, { buyerId, request });
    if (request.kind === 'hold') keep(this.holds, { bookingId, buyerId, holdExpiresAtMs });
    if (request.kind === 'confirm') this.#seatsSold++; // At least one; a rough count is enough.
  }
}

const ATTEMPTS_MAX = 1_500;
const KEPT_MAX = 40;

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT_MAX) list.shift();
}

export async function createHalls(db: PrismaClient, count: number, random: Random): Promise<HallHistory[]> {
  const halls: HallHistory[] = [];
  for (let i = 0; i < count; i++) {
    const { eventId, seatCount } = await createHall(db, {
      rows: random.whole(3, 6),
      seatsPerRow: SEATS_PER_ROW,
      seatLimit: random.whole(3, 8),
      holdTtlMs: random.pick([700, 1_000, 1_500, 2_000]),
      takeoverDelay: random.pick([true, true, false]),
      tiers: TIERS,
    });
    halls.push(new HallHistory(eventId, seatCount));
  }
  return halls;
}
