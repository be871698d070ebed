import { expect, it } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { createBuyerId } from '../../support/booking.ts';
import type { Hall } from '../../support/hall.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';

const { app, hall, hold } = bookingSuite();

/** One row. The file lists its seats by number: odd ones left of an aisle, even ones right of it. */
async function splitRow(): Promise<Hall> {
  const at = await hall({ rows: 1, seatsPerRow: 6 }, { orphanRule: 'FORBID' });
  await app().database.reads.$executeRaw(sql`/* splitRow */
    UPDATE venue_seats SET x = 25 * (seat_index / 2) + 150 * (seat_index % 2) WHERE venue_id = ${at.venueId}`);
  return at;
}

it('seats of an existing venue are adjacent by position', async () => {
  const at = await splitRow();
  const choice = { quantity: 2, section: null, tiers: null, near: [] };
  const chosen = await app().bestAvailable.choose(at.eventId, [{ choice }, { choice }]);
  for (const { seats } of chosen)
    expect([...seats].map((seat) => seat % 2)).toEqual([seats[0], seats[0]].map((seat = 0) => seat % 2));
});

it('an orphan is a seat that is left alone between aisles, not between numbers', async () => {
  const at = await splitRow();
  // Seats 1 and 3 of three: the third one is left in any case.
  const { seats } = await hold(at, createBuyerId(), [0, 2]);
  expect(seats).toEqual([0, 2]);
  // The middle one of the other three would leave two single seats.
  await expect(hold(at, createBuyerId(), [3])).rejects.toMatchObject({
    code: 'ORPHAN_SEATS',
    seatIndexes: [1, 5],
  });
});
