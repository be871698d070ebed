import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { BookingRecord, Key } from '../rules/model.ts';

/*
 * A queued hold. The API puts a wish into the event's stream in Redis and answers at once; a worker takes it from
 * there, submits it as a command, and the batch stores the outcome in PostgreSQL together with the hold. What the API reads
 * and queues in one turn of the event loop goes together (call-batches.ts).
 *
 *   requestHold ──▶ stream of the event ──▶ request-consumer.ts ──▶ group commit ──▶ hold_requests, bookings
 *                   (request-queue.ts)       acknowledges after COMMIT                      │
 *   holdRequestUpdates, node ◀── read-requests.ts ◀─────────────────────────────────────────┘
 */

/** Maximum age of a request. A request that no batch has decided by then expires. */
export const REQUEST_TTL_MS = 30_000;

/** What a buyer asked for, as it stands in the stream. */
export type Wish = z.infer<typeof wish>;

const common = {
  requestId: z.uuid(),
  buyerId: z.uuid(),
  /** On the clock of the database. */
  expiresAtMs: z.number().int().positive(),
  keyHash: z.string().length(64),
  inputHash: z.string().length(64),
  /** True if the buyer came with a valid admission. */
  isAdmitted: z.boolean(),
  /** Where its seats are reserved within the limit of the client's address; null if nothing limits them. */
  reservation: z.string().max(500).nullable(),
};
const seatIndex = z.number().int().nonnegative();

const wish = z.discriminatedUnion('operation', [
  z.strictObject({
    ...common,
    operation: z.literal('holdSeats'),
    seats: z.array(seatIndex).min(1).max(100).readonly(),
    onConflict: z.enum(['FAIL', 'BEST_ALTERNATIVE']),
  }),
  z.strictObject({
    ...common,
    operation: z.literal('holdBestAvailable'),
    quantity: z.number().int().positive().max(100),
    section: z.string().max(1_000).nullable(),
    tierIndex: z.number().int().nonnegative().nullable(),
  }),
]);

/** Seats that are reserved within the limit of unconfirmed seats of an address. A port of the rate limits. */
export interface SeatReservation {
  /** Null if the worker has nothing to restore. */
  readonly token: string | null;
  /** Counts the seats until the hold's deadline. */
  settle(booking: BookingRecord): void;
  giveBack(): void;
}

/** Parses an entry of the stream; null for anything that is not a wish. */
export function parseWish(json: string): Wish | null {
  try {
    return wish.parse(JSON.parse(json));
  } catch {
    return null;
  }
}

/** Returns the ID of a request: the same buyer, operation and key make the same request. */
export function toRequestId(eventId: number, buyerId: string, { operation, keyHash }: Key): string {
  const hash = createHash('sha256').update(`${eventId} ${buyerId} ${operation} ${keyHash}`).digest('hex');
  // Version 8 of RFC 9562 leaves the other bits to the application.
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `a${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
