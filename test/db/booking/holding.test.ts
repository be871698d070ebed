import { describe, expect, it } from 'vitest';
import { holdBestAvailable } from '../../../src/booking/operations/hold-best-available.ts';
import { createBuyerId, makeHoldOverdue } from '../../support/booking.ts';
import type { Hall } from '../../support/hall.ts';
import { bookingSuite } from './booking.fixture.ts';

const { app, hall, hold, confirm, statusesOf } = bookingSuite();

describe('holding seats', () => {
  it('holds all of the seats, in index order, for five minutes, at the price of their tiers', async () => {
    const at = await hall({
      rows: 2,
      tiers: [
        { name: 'Front', amount: 5000 },
        { name: 'Back', amount: 3000 },
      ],
    });
    const booking = await hold(at, createBuyerId(), [12, 3]);
    expect(booking).toMatchObject({ status: 'HOLD', seats: [3, 12], totalAmount: 8000 });
    expect(booking.holdExpiresAtMs - booking.createdAtMs).toBe(300_000);
    expect(await statusesOf(at)).toBe('00010000000010000000');
  });

  it("uses the event's own hold time if it has one", async () => {
    const at = await hall({ holdTtlMs: 90_000 });
    const booking = await hold(at, createBuyerId(), [0]);
    expect(booking.holdExpiresAtMs - booking.createdAtMs).toBe(90_000);
  });

  it('holds none if one is taken, and lists exactly the taken ones', async () => {
    const at = await hall();
    await hold(at, createBuyerId(), [4, 5]);
    await expect(hold(at, createBuyerId(), [3, 4, 5, 6])).rejects.toMatchObject({
      code: 'SEATS_UNAVAILABLE',
      seatIndexes: [4, 5],
    });
    expect(await statusesOf(at)).toMatch(/^0000110/);
  });

  it("counts the caller's own held seat as taken", async () => {
    const at = await hall();
    const buyer = createBuyerId();
    await hold(at, buyer, [1]);
    await expect(hold(at, buyer, [1, 2])).rejects.toMatchObject({
      code: 'SEATS_UNAVAILABLE',
      seatIndexes: [1],
    });
  });

  it.each([
    ['no seats', []],
    ['eleven seats', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['a seat named twice', [7, 3, 7]],
  ])('refuses %s as invalid input', async (_, seats) => {
    const at = await hall({ seatLimit: 50 });
    await expect(hold(at, createBuyerId(), seats)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'seatIds',
    });
  });

  it('answers NOT_FOUND for a seat and for an event that do not exist', async () => {
    const at = await hall();
    await expect(hold(at, createBuyerId(), [0, 40])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(hold({ ...at, eventId: 2_000_000_000 }, createBuyerId(), [0])).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('limits held and booked seats together', async () => {
    const at = await hall({ seatLimit: 3 });
    const buyer = createBuyerId();
    const first = await hold(at, buyer, [0, 1]);
    await confirm(at, buyer, first.id);
    await expect(hold(at, buyer, [2, 3])).rejects.toMatchObject({ code: 'SEAT_LIMIT_EXCEEDED', limit: 3 });
    const second = await hold(at, buyer, [2]);
    await expect(hold(at, buyer, [4])).rejects.toMatchObject({ code: 'SEAT_LIMIT_EXCEEDED' });
    await makeHoldOverdue(app().database.reads, second.id);
    await expect(hold(at, buyer, [4])).resolves.toMatchObject({ seats: [4] });
  });

  it.each(['PAUSED', 'ENDED', 'CANCELED'] as const)('refuses holds while the event is %s', async (status) => {
    const at = await hall({ status });
    await expect(hold(at, createBuyerId(), [0])).rejects.toMatchObject({ code: 'EVENT_NOT_ON_SALE', status });
  });

  it('refuses holds before the sale starts', async () => {
    const onSaleAt = new Date(Date.now() + 3_600_000);
    const at = await hall({ onSaleAt });
    await expect(hold(at, createBuyerId(), [0])).rejects.toMatchObject({
      code: 'EVENT_NOT_ON_SALE',
      status: 'ON_SALE',
      onSaleAt,
    });
  });

  it('hides a draft from everyone but its organizer', async () => {
    const at = await hall({ status: 'DRAFT' });
    await expect(hold(at, createBuyerId(), [0])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(hold(at, at.organizerId, [0])).rejects.toMatchObject({
      code: 'EVENT_NOT_ON_SALE',
      status: 'DRAFT',
    });
  });

  it('takes the nearest block of the same size instead if the caller accepts that', async () => {
    const at = await hall();
    await hold(at, createBuyerId(), [4, 5]);
    const booking = await hold(at, createBuyerId(), [5, 6], { alternative: true });
    expect(booking.seats).toEqual([6, 7]);
    await expect(hold(at, createBuyerId(), [5, 6])).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
  });
});

describe('holding the best available', () => {
  const best = (at: Hall, quantity: number, more: { section?: string; tierIndex?: number } = {}) =>
    holdBestAvailable(app(), {
      buyerId: createBuyerId(),
      eventId: at.eventId,
      quantity,
      section: more.section ?? null,
      tierIndex: more.tierIndex ?? null,
      idempotencyKey: null,
    });

  it('takes adjacent seats nearest to the stage, then the next best', async () => {
    const at = await hall();
    expect((await best(at, 2)).seats).toEqual([4, 5]);
    expect((await best(at, 2)).seats).toEqual([6, 7]);
    expect((await best(at, 4)).seats).toEqual([13, 14, 15, 16]);
  });

  it('gives different seats to many concurrent callers', async () => {
    const at = await hall({ rows: 10 });
    const bookings = await Promise.all(Array.from({ length: 25 }, () => best(at, 4)));
    expect(new Set(bookings.flatMap((booking) => booking.seats)).size).toBe(100);
  });

  it('respects the requested section and tier', async () => {
    const at = await hall({
      rows: 2,
      tiers: [
        { name: 'Front', amount: 5000 },
        { name: 'Back', amount: 3000 },
      ],
    });
    expect((await best(at, 2, { tierIndex: 1 })).seats).toEqual([14, 15]);
    await expect(best(at, 2, { section: 'Block Z' })).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
  });

  it('scatters the seats if no row has enough, and refuses if the hall has too few', async () => {
    const at = await hall({ rows: 2, seatsPerRow: 3, seatLimit: 10 });
    expect((await best(at, 4)).seats).toHaveLength(4);
    await expect(best(at, 3)).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE', seatIndexes: [] });
  });
});
