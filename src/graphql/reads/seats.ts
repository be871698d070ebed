import type { PrismaClient } from '../../platform/database/db.ts';
import type { SeatStatus } from '../../generated/prisma/enums.ts';
import type { GraphQLContext } from '../context.ts';
import {
  once,
  parsePageArgs,
  toConnection,
  type ConnectionArgs,
  type Page,
  encodeSeatCursor,
  parseSeatCursor,
} from './pagination.ts';
import { readSeatPages } from './seat-pages.sql.ts';
import { readSeats, type SeatRow } from './seats.sql.ts';

interface SeatConnectionArgs extends ConnectionArgs {
  readonly status?: SeatStatus | null | undefined;
  readonly section?: string | null | undefined;
}

/** Reads the same page of each event's seats. */
export async function readSeatConnections(
  db: PrismaClient,
  eventIds: readonly number[],
  { status = null, section = null, ...args }: SeatConnectionArgs,
) {
  const page = parsePageArgs(args, parseSeatCursor);
  const read = async (some: Page<number>) => {
    const filter = { limit: some.size + 1, status, section };
    const rows = await readSeatPages(db, eventIds, { ...some, ...filter });
    return Map.groupBy(rows, (row) => row.eventId);
  };
  const byEvent = await read(page);
  const readAdjacent = once(read);
  return eventIds.map((eventId) => {
    const hasRows = async (adjacent: Page<number>) => (await readAdjacent(adjacent)).has(eventId);
    const connection = toConnection(page, byEvent.get(eventId) ?? [], encodeSeatCursor, hasRows);
    return { ...connection, eventId, status, section };
  });
}

/** Reads seats of one event, ordered by index, in one statement. */
export async function readSeatsByIndex(
  { database }: GraphQLContext,
  eventId: number,
  indexes: readonly number[],
): Promise<SeatRow[]> {
  if (indexes.length === 0) return [];
  const seats = await readSeats(
    database.reads,
    indexes.map((index) => ({ eventId, index })),
  );
  return seats.sort((a, b) => a.index - b.index);
}
