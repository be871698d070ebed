import { waitUntil } from '../../../scripts/local/processes.ts';
import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { writeRoomSettings } from '../../../src/waiting-room/rooms/rooms.sql.ts';
import { createHall } from '../../../test/support/hall.ts';
import type { SaleSize } from '../scenarios.ts';
import type { SaleEvent } from '../target/target.ts';

const SEATS_PER_ROW_MAX = 60;
const SEAT_LIMIT = 4;
const LOBBY_WITHIN_MS = 10_000;
const HOUR_MS = 3_600_000;

/** Creates an event with a waiting room whose lobby is open, and that goes on sale later. */
export async function createSale(db: PrismaClient, sale: SaleSize, onSaleAt: Date): Promise<SaleEvent> {
  const seatsPerRow = findDivisor(sale.seats);
  const { eventId, seatCount } = await createHall(db, {
    rows: sale.seats / seatsPerRow,
    seatsPerRow,
    seatLimit: SEAT_LIMIT,
    holdTtlMs: sale.holdTtlMs,
    onSaleAt,
  });
  await writeRoomSettings(db, eventId, {
    mode: 'ON',
    pacePerMinute: sale.pacePerMinute,
    insideMax: sale.insideMax,
    lobbyOpensAt: new Date(Date.now() - HOUR_MS),
  });
  await db.$executeRawUnsafe('ANALYZE events, event_seats, price_tiers');
  return { id: encodeEventId(eventId), number: eventId, seatCount };
}

/** Waits until the worker has opened the lobby. */
export async function waitForLobby(db: PrismaClient, eventId: number): Promise<void> {
  const isOpen = async () => {
    const room = await db.waitingRoom.findUnique({ where: { eventId }, select: { seed: true } });
    return room?.seed != null;
  };
  if (!(await waitUntil(isOpen, LOBBY_WITHIN_MS))) throw new Error('The lobby has not opened.');
}

/** Returns the number of seats that are not booked. */
export async function countAvailable(db: PrismaClient, eventId: number): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>(sql`
    SELECT count(*)::int AS count FROM event_seats WHERE event_id = ${eventId} AND status <> 'BOOKED'`);
  return row?.count ?? 0;
}

/** Returns the number of seats per row, so that all rows are equally long. */
function findDivisor(seats: number): number {
  for (let perRow = Math.min(seats, SEATS_PER_ROW_MAX); perRow > 1; perRow--)
    if (seats % perRow === 0) return perRow;
  return 1;
}
