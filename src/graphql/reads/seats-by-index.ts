import type { GraphQLContext } from '../schema/context.ts';
import type { SeatRow } from './seat-row.ts';
import { readSeats } from './seats.sql.ts';

/** Seats of one event by their indexes, in index order; one statement, none for no seats. */
export async function seatsByIndex(
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
