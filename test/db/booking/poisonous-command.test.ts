import { expect, it } from 'vitest';
import { submitForBooking } from '../../../src/booking/operations/submit.ts';
import { uuidV7 } from '../../../src/platform/ids.ts';
import { createBuyerId } from '../../support/booking.ts';
import { bookingSuite } from './booking.fixture.ts';

const { app, hall } = bookingSuite();

it('a command that always fails does not fail the others of its batch', async () => {
  const at = await hall();
  const hold = (seat: number, bookingId: string) =>
    submitForBooking(app(), at.eventId, {
      command: {
        kind: 'hold',
        bookingId,
        buyerId: createBuyerId(),
        named: [seat],
        quantity: 1,
        chosen: null,
        key: null,
      },
      choice: null,
    });
  const taken = uuidV7();
  await hold(0, taken);
  // The second command has the ID of another booking, so that the database rejects the whole batch.
  const results = await Promise.allSettled(
    [1, 2, 3, 4].map((seat) => hold(seat, seat === 2 ? taken : uuidV7())),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});
