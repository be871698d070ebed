import type { PrismaClient, Tx } from '../../platform/database/db.ts';
import {
  encodeBookingId,
  encodeBookingNumber,
  encodeEventId,
  encodeSeatId,
  parseBookingId,
  parseBookingKey,
  parseBookingNumber,
} from '../../platform/ids.ts';
import {
  CHANGES_MAX,
  findByEnding,
  prepareInspection,
  readBooking,
  readChanges,
  readClaims,
  readKeys,
  readLabels,
  type BookingRow,
  type ChangeRow,
  type ClaimRow,
  type KeyRow,
} from './booking-history.sql.ts';

const TRANSACTION_TIMEOUT_MS = 61_000;
/** Characters of a hash that are shown: enough to compare, too few to look anything up. */
const HASH_CHARACTERS = 12;

interface Step {
  readonly what:
    'held' | 'seats changed' | 'extended' | 'confirmed' | 'released' | 'expired' | 'canceled' | 'changed';
  readonly at: Date;
  /** The event's version that the batch made. */
  readonly version: number;
  readonly batchId: string;
  readonly seats: readonly { readonly label: string; readonly from: string; readonly to: string }[];
}

export interface BookingInspection {
  readonly booking: {
    readonly id: string;
    readonly rawId: string;
    readonly number: string;
    readonly status: string;
    readonly buyerId: string;
    readonly createdAt: Date;
    readonly holdExpiresAt: Date;
    /** Time from which others can take the seats of the hold. */
    readonly takeoverAt: Date;
    readonly extendedAt: Date | null;
    readonly confirmedAt: Date | null;
    readonly endedAt: Date | null;
  };
  readonly event: {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly venue: string;
  };
  readonly deadline: string;
  readonly seats: readonly {
    readonly id: string;
    readonly label: string;
    readonly claim: string;
    readonly seat: string;
  }[];
  readonly history: readonly Step[];
  readonly idempotencyKeys: readonly {
    readonly operation: string;
    readonly usedAt: Date;
    readonly keyHash: string;
    readonly inputHash: string;
  }[];
  /** Empty if booking, claims and seats agree. */
  readonly disagreements: readonly string[];
  readonly notKept: readonly string[];
}

/** The argument is no booking's ID, or no booking has it. */
export class InspectionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InspectionError';
  }
}

/**
 * Reads the history of a booking, by the ID that clients see, by its UUID or by its number, in one read-only transaction.
 *
 * @throws {InspectionError}
 */
export async function inspectBooking(db: PrismaClient, id: string): Promise<BookingInspection> {
  const parsed = parseBookingArgument(id);
  return db.$transaction(
    async (tx) => {
      await prepareInspection(tx);
      const bookingId = 'bookingId' in parsed ? parsed.bookingId : await findNumber(tx, id, parsed);
      const booking = await readBooking(tx, bookingId, parsed.eventId);
      if (booking === null) throw new InspectionError(`No booking has the ID ${id}.`);
      return inspect(tx, booking);
    },
    { isolationLevel: 'RepeatableRead', timeout: TRANSACTION_TIMEOUT_MS },
  );
}

type BookingNumber = NonNullable<ReturnType<typeof parseBookingNumber>>;

function parseBookingArgument(
  id: string,
): { readonly eventId: number | null; readonly bookingId: string } | BookingNumber {
  const number = parseBookingNumber(id);
  if (number !== null) return number;
  const found = parseBookingId(id) ?? parseBookingKey(id) ?? parseBookingKey(`0:${id}`);
  if (found === null)
    throw new InspectionError(
      `${JSON.stringify(id)} is not the ID of a booking. Give the ID that the API returns, the UUID of the log and the database, or the booking number that the buyer sees.`,
    );
  return { ...found, eventId: found.eventId === 0 ? null : found.eventId };
}

async function findNumber(tx: Tx, number: string, { eventId, idEnding }: BookingNumber): Promise<string> {
  const [found, ...others] = await findByEnding(tx, eventId, idEnding);
  if (found === undefined) throw new InspectionError(`No booking has the number ${number}.`);
  if (others.length > 0)
    throw new InspectionError(
      `${others.length + 1} bookings have the number ${number}. Give the UUID of one of them: ${[found, ...others].join(', ')}.`,
    );
  return found;
}

async function inspect(tx: Tx, booking: BookingRow): Promise<BookingInspection> {
  const claims = await readClaims(tx, booking.eventId, booking.id);
  const changes = await readChanges(tx, booking);
  const keys = await readKeys(tx, booking);
  const labels = await readLabels(tx, booking.eventId, [...new Set(changes.flatMap(({ seats }) => seats))]);
  return {
    booking: {
      id: encodeBookingId(booking.eventId, booking.id),
      rawId: booking.id,
      number: encodeBookingNumber(booking.eventId, booking.id),
      status: booking.status,
      buyerId: booking.buyerId,
      createdAt: booking.createdAt,
      holdExpiresAt: booking.holdExpiresAt,
      takeoverAt: booking.takeoverAt,
      extendedAt: booking.extendedAt,
      confirmedAt: booking.confirmedAt,
      endedAt: booking.endedAt,
    },
    event: {
      id: encodeEventId(booking.eventId),
      name: booking.eventName,
      status: booking.eventStatus,
      venue: booking.venueName,
    },
    deadline: describeDeadline(booking),
    seats: claims.map(({ seatIndex, label, claimStatus, seatStatus }) => ({
      id: encodeSeatId(booking.eventId, seatIndex),
      label,
      claim: claimStatus,
      seat: seatStatus,
    })),
    history: changes.map((change, i) => toStep(change, changes[i - 1], labels)),
    idempotencyKeys: keys.map(toKey),
    disagreements: findDisagreements(booking, claims, changes),
    notKept: listNotKept(booking, changes, keys),
  };
}

const endings = {
  CONFIRMED: 'confirmed',
  RELEASED: 'released',
  EXPIRED: 'expired',
  CANCELED: 'canceled',
} as const;

function toStep(change: ChangeRow, before: ChangeRow | undefined, labels: ReadonlyMap<number, string>): Step {
  const { status, seats, from, to } = change;
  return {
    what: nameStep(status, before === undefined, seats.length > 0),
    at: change.committedAt,
    version: change.version,
    batchId: change.batchId,
    seats: seats.map((seat, i) => ({
      label: labels.get(seat) ?? `seat ${seat}`,
      from: from[i] ?? '',
      to: to[i] ?? '',
    })),
  };
}

function nameStep(status: ChangeRow['status'], isFirst: boolean, hasSeats: boolean): Step['what'] {
  if (status !== null && status !== 'HOLD') return endings[status];
  if (isFirst && status === 'HOLD' && hasSeats) return 'held';
  if (hasSeats) return 'seats changed';
  return status === 'HOLD' ? 'extended' : 'changed';
}

function toKey({ operation, createdAt, keyHash, inputHash }: KeyRow) {
  const shorten = (hash: Uint8Array) => Buffer.from(hash).toString('hex').slice(0, HASH_CHARACTERS);
  return { operation, usedAt: createdAt, keyHash: shorten(keyHash), inputHash: shorten(inputHash) };
}

function describeDeadline(booking: BookingRow): string {
  const { status, holdExpiresAt, takeoverAt, confirmedAt, endedAt, now } = booking;
  const at = holdExpiresAt.toISOString();
  const seconds = (from: Date, to: Date) =>
    `${Math.abs((to.getTime() - from.getTime()) / 1000).toFixed(1)} s`;
  if (status === 'HOLD') {
    if (now < holdExpiresAt) return `${at}, in ${seconds(now, holdExpiresAt)}`;
    const missed = `${at}, missed ${seconds(holdExpiresAt, now)} ago`;
    return now < takeoverAt
      ? `${missed}: others can take the seats in ${seconds(now, takeoverAt)}`
      : `${missed} and not recorded yet: the seats are available`;
  }
  if (confirmedAt !== null) return `${at}, confirmed ${seconds(confirmedAt, holdExpiresAt)} before`;
  if (endedAt === null) return at;
  return status === 'EXPIRED'
    ? `${at}, missed; recorded ${seconds(holdExpiresAt, endedAt)} later`
    : `${at}, released ${seconds(endedAt, holdExpiresAt)} before`;
}

/** Compares the booking with its claims, with its seats, and with the last status in the change record. */
function findDisagreements(
  booking: BookingRow,
  claims: readonly ClaimRow[],
  changes: readonly ChangeRow[],
): string[] {
  const seatStatus = { HOLD: 'HELD', CONFIRMED: 'BOOKED' }[booking.status as string] ?? null;
  const found = claims.flatMap((claim) => [
    ...(claim.claimStatus === booking.status ? [] : [`${claim.label}: the claim is ${claim.claimStatus}`]),
    ...(seatStatus === null || claim.currentBookingId === booking.id
      ? []
      : [`${claim.label}: belongs to ${claim.currentBookingId ?? 'no booking'}`]),
    ...(seatStatus === null || claim.seatStatus === seatStatus
      ? []
      : [`${claim.label}: the seat is ${claim.seatStatus}`]),
    ...(seatStatus !== null || claim.currentBookingId !== booking.id
      ? []
      : [`${claim.label}: still belongs to this booking`]),
  ]);
  if (seatStatus !== null && claims.length !== booking.seatCount)
    found.push(`the booking has ${booking.seatCount} seats, but ${claims.length} claims`);
  const last = changes.findLast(({ status }) => status !== null)?.status;
  if (last != null && last !== booking.status) found.push(`the change record ends with ${last}`);
  return found;
}

function listNotKept(booking: BookingRow, changes: readonly ChangeRow[], keys: readonly KeyRow[]): string[] {
  return [
    'Refused attempts change nothing and are not recorded here; the log has some of them.',
    ...(changes[0]?.status === 'HOLD' && changes[0].seats.length > 0
      ? []
      : ['The change record does not reach back to the hold: it is kept for HISTORY_DAYS.']),
    ...(booking.extendedAt === null ? [] : ['The deadline before the extension is not kept.']),
    ...(booking.status === 'CANCELED'
      ? ['Who canceled, buyer or organizer, is not kept; the log has it.']
      : []),
    ...(keys.length > 0
      ? ['Of idempotency keys only hashes are kept; the key cannot be derived from them.']
      : ['No idempotency key is kept: none was used, or it was deleted two days after the booking ended.']),
    ...(changes.length === CHANGES_MAX ? [`Only the first ${CHANGES_MAX} changes are shown.`] : []),
  ];
}
