import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import type { CrowdReport } from './crowd-process.ts';
import type { Handover } from './handover.ts';
import { KINDS, type Kind } from './people.ts';

/** What the people of one kind did and got. */
export interface KindResult {
  readonly kind: Kind;
  readonly arrived: number;
  readonly called: number;
  readonly admitted: number;
  readonly seatsBought: number;
  /** Seconds for which seats were held unconfirmed, summed over seats. */
  readonly heldSeatSeconds: number;
  /** Counts by operation and outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

interface StoredBooking {
  readonly buyer: string;
  readonly seats: number;
  readonly bought: boolean;
  readonly heldSeconds: number;
}

/** Reads who bought seats, and how long holds lasted. */
export function readBookings(db: PrismaClient, eventId: number): Promise<StoredBooking[]> {
  return db.$queryRaw<StoredBooking[]>(sql`
    SELECT buyer_id::text AS buyer, seat_count AS seats, status = 'CONFIRMED' AS bought,
      extract(epoch FROM coalesce(confirmed_at, least(ended_at, hold_expires_at), hold_expires_at) - created_at)::float8 AS "heldSeconds"
    FROM bookings WHERE event_id = ${eventId}`);
}

/** Attributes bookings and visits to kinds of people. */
export function sumByKind(
  arrivals: readonly { readonly kind: Kind; readonly buyer: string }[],
  bookings: readonly StoredBooking[],
  { called, visits }: Pick<Handover, 'called' | 'visits'>,
): KindResult[] {
  const kindOfBuyer = new Map(arrivals.map(({ kind, buyer }) => [buyer, kind]));
  const kindOfPerson = new Map(called.map(({ person, kind }) => [person, kind]));
  return KINDS.map((kind) => {
    const own = bookings.filter(({ buyer }) => kindOfBuyer.get(buyer) === kind);
    const ownVisits = visits.filter(({ person }) => kindOfPerson.get(person) === kind);
    return {
      kind,
      arrived: arrivals.filter((arrival) => arrival.kind === kind).length,
      called: called.filter((person) => person.kind === kind).length,
      admitted: ownVisits.filter(({ admittedAt }) => admittedAt !== null).length,
      seatsBought: sum(own.filter(({ bought }) => bought).map(({ seats }) => seats)),
      heldSeatSeconds: sum(own.map(({ seats, heldSeconds }) => seats * heldSeconds)),
      outcomes: countOutcomes(ownVisits.map(({ outcomes }) => outcomes)),
    };
  });
}

/** Measured and estimated waits of those who were called, in seconds. */
export interface Waits {
  readonly measuredP50: number;
  readonly measuredP95: number;
  readonly estimatedP50: number;
  readonly estimatedP95: number;
  /** Median and 95th percentile of the difference between the two, without its sign. */
  readonly errorP50: number;
  readonly errorP95: number;
}

export function measureWaits(called: Handover['called']): Waits {
  const pairs = called.flatMap(({ calledAt, estimatedAt, estimatedWaitSeconds }) =>
    estimatedWaitSeconds === null
      ? []
      : [{ measured: (calledAt - estimatedAt) / 1_000, estimated: estimatedWaitSeconds }],
  );
  const measured = pairs.map((pair) => pair.measured);
  const estimated = pairs.map((pair) => pair.estimated);
  const errors = pairs.map((pair) => Math.abs(pair.measured - pair.estimated));
  return {
    measuredP50: quantile(measured, 0.5),
    measuredP95: quantile(measured, 0.95),
    estimatedP50: quantile(estimated, 0.5),
    estimatedP95: quantile(estimated, 0.95),
    errorP50: quantile(errors, 0.5),
    errorP95: quantile(errors, 0.95),
  };
}

/** Admissions, and those before the published `nowServing` had reached the number. */
export interface Admissions {
  readonly count: number;
  readonly early: number;
}

export function countEarlyAdmissions(
  { called, visits }: Pick<Handover, 'called' | 'visits'>,
  rooms: readonly Pick<CrowdReport['rooms'][number], 'at' | 'nowServing'>[],
): Admissions {
  const numbers = new Map(called.map(({ person, number }) => [person, number]));
  const admissions = visits.flatMap(({ person, admittedAt }) =>
    admittedAt === null ? [] : [{ number: numbers.get(person) ?? Infinity, admittedAt }],
  );
  const isEarly = ({ number, admittedAt }: { number: number; admittedAt: number }) =>
    !rooms.some(({ at, nowServing }) => at <= admittedAt && nowServing >= number);
  return { count: admissions.length, early: admissions.filter(isEarly).length };
}

/** Admissions and numbers called by second since the sale began. */
export interface SaleSecond {
  readonly second: number;
  /** Admissions so far. */
  readonly admitted: number;
  /** The last number that was called. */
  readonly nowServing: number;
  readonly inside: number;
}

export function listSeconds(
  onSaleAt: number,
  visits: Handover['visits'],
  rooms: CrowdReport['rooms'],
): SaleSecond[] {
  const admissions = visits.flatMap(({ admittedAt }) => (admittedAt === null ? [] : [admittedAt]));
  const last = Math.max(onSaleAt, ...admissions, ...rooms.map(({ at }) => at));
  const count = Math.ceil((last - onSaleAt) / 1_000) + 1;
  return Array.from({ length: count }, (_, second) => {
    const end = onSaleAt + second * 1_000;
    const room = rooms.findLast(({ at }) => at <= end);
    return {
      second,
      admitted: admissions.filter((at) => at <= end).length,
      nowServing: room?.nowServing ?? 0,
      inside: room?.inside ?? 0,
    };
  });
}

function countOutcomes(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const outcomes of all)
    for (const [name, count] of Object.entries(outcomes)) counts.set(name, (counts.get(name) ?? 0) + count);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function quantile(values: readonly number[], q: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.min(ascending.length - 1, Math.floor(q * ascending.length))] ?? 0;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
