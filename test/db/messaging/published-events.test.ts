import { expect, it } from 'vitest';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { createBuyerId, type BookingProcess } from '../../support/booking.ts';
import type { Hall } from '../../support/hall.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';

const { app, anotherProcess, hall } = bookingSuite();

/** Changes the event's status once, between a batch's preparation and its transaction. */
function afterPreparation(process: BookingProcess, change: () => Promise<unknown>): { prepared: number } {
  const { eventLayouts } = process;
  const counter = { prepared: 0 };
  const prepare = eventLayouts.getNeighborsAround.bind(eventLayouts);
  eventLayouts.getNeighborsAround = async (eventId, seats) => {
    const found = await prepare(eventId, seats);
    if (counter.prepared++ === 0) await change();
    return found;
  };
  return counter;
}

const publish = ({ eventId }: Hall) =>
  app().database.reads.event.update({ where: { id: eventId }, data: { status: 'ON_SALE' } });

it('a batch that was prepared for a draft is prepared again once the event is published', async () => {
  const at = await hall({ status: 'DRAFT' }, { orphanRule: 'FORBID' });
  await using process = anotherProcess();
  const counter = afterPreparation(process, () => publish(at));
  const input = {
    buyerId: createBuyerId(),
    eventId: at.eventId,
    idempotencyKey: null,
    onConflict: 'FAIL',
  } as const;
  expect(await holdSeats(process, { ...input, seats: [0, 1] })).toMatchObject({ status: 'HOLD' });
  // At least: a slow read is started again once the batch's patience is over.
  expect(counter.prepared).toBeGreaterThanOrEqual(2);
  // Seat 2 would be isolated between seats 1 and 3.
  await expect(holdSeats(process, { ...input, seats: [3, 4] })).rejects.toMatchObject({
    code: 'ORPHAN_SEATS',
  });
});
