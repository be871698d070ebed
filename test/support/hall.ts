import { randomUUID } from 'node:crypto';
import type { PlanArea } from '../../src/catalog/seating-plan/seating-plan.ts';
import type { EventStatus } from '../../src/generated/prisma/enums.ts';
import { sql, type PrismaClient } from '../../src/platform/database/db.ts';

export interface HallOptions {
  /** Default: 4. */
  readonly rows?: number;
  /** Default: 10. */
  readonly seatsPerRow?: number;
  /** Default: 6. */
  readonly seatLimit?: number;
  /** Default: null, which means the server's default. */
  readonly holdTtlMs?: number | null;
  /** Default: false. */
  readonly takeoverDelay?: boolean;
  /** Default: ON_SALE. */
  readonly status?: EventStatus;
  /** Default: an hour ago. */
  readonly onSaleAt?: Date;
  /** Default: in thirty days. */
  readonly startsAt?: Date;
  /** Default: `startsAt`. */
  readonly saleEndsAt?: Date;
  /** Default: `startsAt`. */
  readonly cancelableUntil?: Date;
  readonly name?: string;
  /** Default: a new organizer. Creates the user if missing. */
  readonly organizerId?: string;
  /** Default: one tier at 49.00. The rows take several tiers in turn. */
  readonly tiers?: readonly { readonly name: string; readonly amount: number }[];
}

export interface Hall {
  readonly eventId: number;
  readonly venueId: number;
  readonly organizerId: string;
  /** The seats are 0 to `seatCount - 1`, row by row from the front. */
  readonly seatCount: number;
}

const HOUR_MS = 3_600_000;
/** For an event with 100,000 seats on a busy machine. */
const CREATE_MS_MAX = 60_000;
const SEAT_PITCH = 26;
const ROW_PITCH = 34;

/**
 * Creates a venue with one block of straight rows in front of a stage, and an event in it. The number of statements
 * does not depend on its size.
 */
export async function createHall(db: PrismaClient, options: HallOptions = {}): Promise<Hall> {
  const { rows = 4, seatsPerRow = 10, tiers = [{ name: 'Standard', amount: 4_900 }] } = options;
  const organizerId = options.organizerId ?? randomUUID();
  const seatCount = rows * seatsPerRow;
  const width = SEAT_PITCH * seatsPerRow;
  const stage: PlanArea = {
    shape: 'rectangle',
    width,
    height: 60,
    x: 0,
    y: -100,
    rotation: 0,
    color: null,
    borderColor: null,
    text: { text: 'Stage', x: width / 2, y: -70, size: 20, color: null },
  };

  await db.$executeRaw(sql`INSERT INTO users (id, role, issuer, subject)
    VALUES (${organizerId}::uuid, 'ORGANIZER', 'test', ${organizerId}) ON CONFLICT (id) DO NOTHING`);
  const venue = await db.venue.create({
    data: {
      organizerId,
      name: 'Test Hall',
      seatCount,
      planHash: randomUUID(),
      width,
      height: ROW_PITCH * rows,
      categories: tiers.map(({ name }) => ({ name, color: '#4a90d9' })),
      areas: [stage],
    },
  });
  await db.$executeRaw(sql`INSERT INTO venue_seats
      (venue_id, seat_index, guid, section, "row", number, category, x, y)
    SELECT ${venue.id}, i, 'seat-' || i, 'Block A', (i / ${seatsPerRow}::int + 1)::text, (i % ${seatsPerRow}::int + 1)::text,
           (i / ${seatsPerRow}::int) % ${tiers.length}::int, ${SEAT_PITCH}::int * (i % ${seatsPerRow}::int),
           ${ROW_PITCH}::int * (i / ${seatsPerRow}::int)
    FROM generate_series(0, ${seatCount}::int - 1) AS i`);
  const eventId = await createEventIn(db, venue.id, seatCount, organizerId, options);
  return { eventId, venueId: venue.id, organizerId, seatCount };
}

/** Creates another event in an existing hall. */
export async function createEventIn(
  db: PrismaClient,
  venueId: number,
  seatCount: number,
  organizerId: string,
  options: HallOptions = {},
): Promise<number> {
  const { tiers = [{ name: 'Standard', amount: 4_900 }] } = options;
  const { startsAt = new Date(Date.now() + 30 * 24 * HOUR_MS) } = options;
  // In one transaction, because an audit that runs meanwhile counts the seats.
  return db.$transaction(
    async (tx) => {
      const event = await tx.event.create({
        data: {
          organizerId,
          venueId,
          name: options.name ?? 'Test Night',
          startsAt,
          onSaleAt: options.onSaleAt ?? new Date(Date.now() - HOUR_MS),
          saleEndsAt: options.saleEndsAt ?? startsAt,
          cancelableUntil: options.cancelableUntil ?? startsAt,
          status: options.status ?? 'ON_SALE',
          currency: 'EUR',
          seatLimit: options.seatLimit ?? 6,
          holdTtlMs: options.holdTtlMs ?? null,
          takeoverDelay: options.takeoverDelay ?? false,
          seatsTotal: seatCount,
          priceTiers: {
            create: tiers.map(({ name, amount }, index) => ({ index, name, amount, color: '#4a90d9' })),
          },
        },
      });
      await tx.$executeRaw(sql`INSERT INTO event_seats (event_id, seat_index, venue_id, tier_index)
        SELECT ${event.id}, seat_index, venue_id, category FROM venue_seats WHERE venue_id = ${venueId}`);
      return event.id;
    },
    { timeout: CREATE_MS_MAX },
  );
}
