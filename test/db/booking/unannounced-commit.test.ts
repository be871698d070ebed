import { expect, it } from 'vitest';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { createBuyerId } from '../../support/booking.ts';
import { bookingSuite } from './booking.fixture.ts';

const { app, anotherProcess, hall } = bookingSuite();

it('a committed batch is not retried if announcing it fails', async () => {
  const at = await hall();
  await using process = anotherProcess();
  process.committed.push = () => {
    throw new Error('planted');
  };
  const held = await holdSeats(process, {
    buyerId: createBuyerId(),
    eventId: at.eventId,
    seats: [0],
    idempotencyKey: null,
    onConflict: 'FAIL',
  });
  expect(held).toMatchObject({ status: 'HOLD', seats: [0] });
  expect(process.warnings.join()).toContain('failed to announce a committed change');
  const { seatVersion } = await app().database.reads.event.findUniqueOrThrow({ where: { id: at.eventId } });
  expect(seatVersion).toBe(1);
});
