import { describe, expect, it } from 'vitest';
import { blockSeats, unblockSeats } from '../../../src/booking/operations/block-seats.ts';
import { createBuyerId } from '../../support/booking.ts';
import { bookingSuite } from './booking.fixture.ts';

const { app, hall, hold, statusesOf } = bookingSuite();

describe('blocking', () => {
  it('takes free seats off sale and puts them back, all or none', async () => {
    const at = await hall();
    const input = (seats: number[]) => ({ organizerId: at.organizerId, eventId: at.eventId, seats });
    await blockSeats(app(), input([0, 1]));
    await blockSeats(app(), input([1, 2]));
    expect(await statusesOf(at)).toMatch(/^3330/);
    await expect(hold(at, createBuyerId(), [2, 3])).rejects.toMatchObject({
      code: 'SEATS_UNAVAILABLE',
      seatIndexes: [2],
    });
    await hold(at, createBuyerId(), [3]);
    await expect(blockSeats(app(), input([3, 4]))).rejects.toMatchObject({
      code: 'SEATS_UNAVAILABLE',
      seatIndexes: [3],
    });
    await expect(unblockSeats(app(), input([2, 3]))).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
    await unblockSeats(app(), input([0, 1, 2, 9]));
    expect(await statusesOf(at)).toMatch(/^00010/);
  });

  it("is allowed to the event's organizer only", async () => {
    const at = await hall();
    const input = { organizerId: createBuyerId(), eventId: at.eventId, seats: [0] };
    await expect(blockSeats(app(), input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
