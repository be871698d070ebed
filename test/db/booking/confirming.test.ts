import { describe, expect, it } from 'vitest';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { createBuyerId } from '../../support/booking.ts';
import { bookingSuite } from './booking.fixture.ts';

const { app, hall, hold, confirm, release, statusesOf } = bookingSuite();

describe('confirming and releasing', () => {
  it('books the seats of a hold once, and returns the booking each time', async () => {
    const at = await hall();
    const buyer = createBuyerId();
    const { id } = await hold(at, buyer, [0, 1]);
    const confirmed = await confirm(at, buyer, id);
    expect(confirmed).toMatchObject({ status: 'CONFIRMED' });
    const version = (await readSeatMap(app().database.reads, at.eventId))?.version;
    expect(await confirm(at, buyer, id)).toEqual(confirmed);
    expect((await readSeatMap(app().database.reads, at.eventId))?.version).toBe(version);
    expect(await statusesOf(at)).toMatch(/^220/);
  });

  it("treats another buyer's booking as nonexistent", async () => {
    const at = await hall();
    const { id } = await hold(at, createBuyerId(), [0]);
    await expect(confirm(at, createBuyerId(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const attempt = release(at, createBuyerId(), id);
    await expect(attempt).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await statusesOf(at)).toMatch(/^10/);
  });

  it('releases a hold, and its seats to the next buyer', async () => {
    const at = await hall();
    const buyer = createBuyerId();
    const { id } = await hold(at, buyer, [0]);
    const released = await release(at, buyer, id);
    expect(released).toMatchObject({ status: 'RELEASED' });
    expect(await release(at, buyer, id)).toEqual(released);
    await expect(confirm(at, buyer, id)).rejects.toMatchObject({ code: 'BOOKING_STATE', status: 'RELEASED' });
    await hold(at, createBuyerId(), [0]);
  });

  it('does not release a confirmed booking', async () => {
    const at = await hall();
    const buyer = createBuyerId();
    const { id } = await hold(at, buyer, [0]);
    await confirm(at, buyer, id);
    const attempt = release(at, buyer, id);
    await expect(attempt).rejects.toMatchObject({ code: 'BOOKING_STATE', status: 'CONFIRMED' });
  });

  it('confirms an open hold while the event is paused, but not once it has ended', async () => {
    const at = await hall();
    const buyer = createBuyerId();
    const [one, two] = [await hold(at, buyer, [0]), await hold(at, buyer, [1])];
    await app().database.reads.event.update({ where: { id: at.eventId }, data: { status: 'PAUSED' } });
    await expect(confirm(at, buyer, one.id)).resolves.toMatchObject({ status: 'CONFIRMED' });
    await app().database.reads.event.update({ where: { id: at.eventId }, data: { status: 'ENDED' } });
    await expect(confirm(at, buyer, two.id)).rejects.toMatchObject({
      code: 'EVENT_NOT_ON_SALE',
      status: 'ENDED',
    });
  });
});
