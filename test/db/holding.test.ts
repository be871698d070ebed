import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockSeats, unblockSeats } from '../../src/booking/block-seats.ts';
import { confirmBooking } from '../../src/booking/confirm-booking.ts';
import { expireHolds } from '../../src/booking/expire-holds.ts';
import { holdBestAvailable } from '../../src/booking/hold-best-available.ts';
import { holdSeats } from '../../src/booking/hold-seats.ts';
import { releaseBooking } from '../../src/booking/release-booking.ts';
import type { SeatsChanged } from '../../src/pubsub/messages.ts';
import { readSeatMap } from '../../src/seating/seat-map.sql.ts';
import {
  aBuyer,
  assertSound,
  letHoldRunOut,
  silent,
  silentPubSub,
  startBookingProcess,
  type BookingProcess,
} from '../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createHall, type Hall, type HallOptions } from '../support/hall.ts';

let database: TestDatabase;
let app: BookingProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  app = startBookingProcess(database.url);
});

afterAll(async () => {
  await assertSound(app.database.reads);
  await app[Symbol.asyncDispose]();
  await database.drop();
});

const hall = (options?: HallOptions): Promise<Hall> => createHall(app.database.reads, options);

const hold = (
  at: Hall,
  buyerId: string,
  seats: number[],
  more: { key?: string; alternative?: boolean } = {},
) =>
  holdSeats(app, {
    buyerId,
    eventId: at.eventId,
    seats,
    idempotencyKey: more.key ?? null,
    onConflict: more.alternative === true ? 'BEST_ALTERNATIVE' : 'FAIL',
  });

const confirm = (at: Hall, buyerId: string, bookingId: string, key: string | null = null) =>
  confirmBooking(app, { buyerId, eventId: at.eventId, bookingId, idempotencyKey: key });

async function statusesOf(at: Hall): Promise<string> {
  const map = await readSeatMap(app.database.reads, at.eventId);
  return Array.from({ length: at.seatCount }, (_, index) => map?.states.get(index)).join('');
}

async function sweep(): Promise<SeatsChanged[]> {
  const published: SeatsChanged[] = [];
  const pubsub = {
    ...silentPubSub,
    publishSeatsChanged: async (message: SeatsChanged) => void published.push(message),
  };
  await expireHolds({ db: app.database.worker, defaultHoldTtlMs: 300_000, pubsub, logger: silent });
  return published;
}

describe('holding seats', () => {
  it('holds all of the seats, in index order, for five minutes, at the price of their tiers', async () => {
    const at = await hall({
      rows: 2,
      tiers: [
        { name: 'Front', amount: 5000 },
        { name: 'Back', amount: 3000 },
      ],
    });
    const booking = await hold(at, aBuyer(), [12, 3]);
    expect(booking).toMatchObject({ status: 'HOLD', seats: [3, 12], totalAmount: 8000 });
    expect(booking.holdExpiresAtMs - booking.createdAtMs).toBe(300_000);
    expect(await statusesOf(at)).toBe('00010000000010000000');
  });

  it("uses the event's own hold time where it has one", async () => {
    const at = await hall({ holdTtlMs: 90_000 });
    const booking = await hold(at, aBuyer(), [0]);
    expect(booking.holdExpiresAtMs - booking.createdAtMs).toBe(90_000);
  });

  it('holds none where one is taken, and names exactly those that are', async () => {
    const at = await hall();
    await hold(at, aBuyer(), [4, 5]);
    await expect(hold(at, aBuyer(), [3, 4, 5, 6])).rejects.toMatchObject({
      code: 'SEATS_UNAVAILABLE',
      seatIndexes: [4, 5],
    });
    expect(await statusesOf(at)).toMatch(/^0000110/);
  });

  it("counts the caller's own held seat as taken", async () => {
    const at = await hall();
    const buyer = aBuyer();
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
    await expect(hold(at, aBuyer(), seats)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'seatIds',
    });
  });

  it('answers NOT_FOUND for a seat and for an event that do not exist', async () => {
    const at = await hall();
    await expect(hold(at, aBuyer(), [0, 40])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(hold({ ...at, eventId: 2_000_000_000 }, aBuyer(), [0])).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('lets nobody hold and own more than the limit together', async () => {
    const at = await hall({ seatLimit: 3 });
    const buyer = aBuyer();
    const first = await hold(at, buyer, [0, 1]);
    await confirm(at, buyer, first.id);
    await expect(hold(at, buyer, [2, 3])).rejects.toMatchObject({ code: 'SEAT_LIMIT_EXCEEDED', limit: 3 });
    const second = await hold(at, buyer, [2]);
    await expect(hold(at, buyer, [4])).rejects.toMatchObject({ code: 'SEAT_LIMIT_EXCEEDED' });
    await letHoldRunOut(app.database.reads, second.id);
    await expect(hold(at, buyer, [4])).resolves.toMatchObject({ seats: [4] });
  });

  it.each(['PAUSED', 'ENDED', 'CANCELED'] as const)('takes no hold while the event is %s', async (status) => {
    const at = await hall({ status });
    await expect(hold(at, aBuyer(), [0])).rejects.toMatchObject({ code: 'EVENT_NOT_ON_SALE', status });
  });

  it('takes no hold before the on-sale instant', async () => {
    const onSaleAt = new Date(Date.now() + 3_600_000);
    const at = await hall({ onSaleAt });
    await expect(hold(at, aBuyer(), [0])).rejects.toMatchObject({
      code: 'EVENT_NOT_ON_SALE',
      status: 'ON_SALE',
      onSaleAt,
    });
  });

  it('hides a draft from everyone but its organizer', async () => {
    const at = await hall({ status: 'DRAFT' });
    await expect(hold(at, aBuyer(), [0])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(hold(at, at.organizerId, [0])).rejects.toMatchObject({
      code: 'EVENT_NOT_ON_SALE',
      status: 'DRAFT',
    });
  });

  it('takes the nearest equal block instead, where that is asked for', async () => {
    const at = await hall();
    await hold(at, aBuyer(), [4, 5]);
    const booking = await hold(at, aBuyer(), [5, 6], { alternative: true });
    expect(booking.seats).toEqual([6, 7]);
    await expect(hold(at, aBuyer(), [5, 6])).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
  });
});

describe('holding the best available', () => {
  const best = (at: Hall, quantity: number, more: { section?: string; tierIndex?: number } = {}) =>
    holdBestAvailable(app, {
      buyerId: aBuyer(),
      eventId: at.eventId,
      quantity,
      section: more.section ?? null,
      tierIndex: more.tierIndex ?? null,
      idempotencyKey: null,
    });

  it('takes adjacent seats nearest to the stage, each time the next best', async () => {
    const at = await hall();
    expect((await best(at, 2)).seats).toEqual([4, 5]);
    expect((await best(at, 2)).seats).toEqual([6, 7]);
    expect((await best(at, 4)).seats).toEqual([13, 14, 15, 16]);
  });

  it('gives each of many that ask at once seats of its own', async () => {
    const at = await hall({ rows: 10 });
    const bookings = await Promise.all(Array.from({ length: 25 }, () => best(at, 4)));
    expect(new Set(bookings.flatMap((booking) => booking.seats)).size).toBe(100);
  });

  it('keeps to the section and the tier that were asked for', async () => {
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

  it('scatters where no row has enough, and refuses where the hall has too few', async () => {
    const at = await hall({ rows: 2, seatsPerRow: 3, seatLimit: 10 });
    expect((await best(at, 4)).seats).toHaveLength(4);
    await expect(best(at, 3)).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE', seatIndexes: [] });
  });
});

describe('confirming and releasing', () => {
  it('books the seats of a hold, once, and answers with the booking each time', async () => {
    const at = await hall();
    const buyer = aBuyer();
    const { id } = await hold(at, buyer, [0, 1]);
    const confirmed = await confirm(at, buyer, id);
    expect(confirmed).toMatchObject({ status: 'CONFIRMED' });
    const version = (await readSeatMap(app.database.reads, at.eventId))?.version;
    expect(await confirm(at, buyer, id)).toEqual(confirmed);
    expect((await readSeatMap(app.database.reads, at.eventId))?.version).toBe(version);
    expect(await statusesOf(at)).toMatch(/^220/);
  });

  it("treats somebody else's booking as none", async () => {
    const at = await hall();
    const { id } = await hold(at, aBuyer(), [0]);
    await expect(confirm(at, aBuyer(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const release = releaseBooking(app, { buyerId: aBuyer(), eventId: at.eventId, bookingId: id });
    await expect(release).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await statusesOf(at)).toMatch(/^10/);
  });

  it('gives a hold back, and its seats to the next', async () => {
    const at = await hall();
    const buyer = aBuyer();
    const { id } = await hold(at, buyer, [0]);
    const released = await releaseBooking(app, { buyerId: buyer, eventId: at.eventId, bookingId: id });
    expect(released).toMatchObject({ status: 'RELEASED' });
    expect(await releaseBooking(app, { buyerId: buyer, eventId: at.eventId, bookingId: id })).toEqual(
      released,
    );
    await expect(confirm(at, buyer, id)).rejects.toMatchObject({ code: 'BOOKING_STATE', status: 'RELEASED' });
    await hold(at, aBuyer(), [0]);
  });

  it('releases no confirmed booking', async () => {
    const at = await hall();
    const buyer = aBuyer();
    const { id } = await hold(at, buyer, [0]);
    await confirm(at, buyer, id);
    const release = releaseBooking(app, { buyerId: buyer, eventId: at.eventId, bookingId: id });
    await expect(release).rejects.toMatchObject({ code: 'BOOKING_STATE', status: 'CONFIRMED' });
  });

  it('confirms a standing hold while the event is paused, but not once it has ended', async () => {
    const at = await hall();
    const buyer = aBuyer();
    const [one, two] = [await hold(at, buyer, [0]), await hold(at, buyer, [1])];
    await app.database.reads.event.update({ where: { id: at.eventId }, data: { status: 'PAUSED' } });
    await expect(confirm(at, buyer, one.id)).resolves.toMatchObject({ status: 'CONFIRMED' });
    await app.database.reads.event.update({ where: { id: at.eventId }, data: { status: 'ENDED' } });
    await expect(confirm(at, buyer, two.id)).rejects.toMatchObject({
      code: 'EVENT_NOT_ON_SALE',
      status: 'ENDED',
    });
  });
});

describe('a hold past its deadline', () => {
  it('can neither be confirmed nor released, though no sweeper has run', async () => {
    const at = await hall();
    const buyer = aBuyer();
    const { id } = await hold(at, buyer, [0]);
    await letHoldRunOut(app.database.reads, id);
    await expect(confirm(at, buyer, id)).rejects.toMatchObject({ code: 'HOLD_EXPIRED' });
    const release = releaseBooking(app, { buyerId: buyer, eventId: at.eventId, bookingId: id });
    await expect(release).rejects.toMatchObject({ code: 'HOLD_EXPIRED' });
  });

  it('gives its seats to whoever asks next, and ends as a whole', async () => {
    const at = await hall();
    const { id } = await hold(at, aBuyer(), [0, 1, 2]);
    await letHoldRunOut(app.database.reads, id);
    const next = await hold(at, aBuyer(), [2, 3]);
    expect(next.seats).toEqual([2, 3]);
    expect(await statusesOf(at)).toMatch(/^00110/);
    const old = await app.database.reads.booking.findFirst({ where: { id } });
    expect(old?.status).toBe('EXPIRED');
  });

  it('is written down and published by the sweeper, once', async () => {
    const at = await hall();
    const holds = [await hold(at, aBuyer(), [0, 1]), await hold(at, aBuyer(), [5])];
    for (const { id } of holds) await letHoldRunOut(app.database.reads, id);
    const [message, ...others] = (await sweep()).filter(({ eventId }) => eventId === at.eventId);
    expect(others).toEqual([]);
    expect([...(message?.seats ?? [])].sort((a, b) => a[0] - b[0])).toEqual([
      [0, 0],
      [1, 0],
      [5, 0],
    ]);
    expect(new Set(message?.bookingIds)).toEqual(new Set(holds.map(({ id }) => id)));
    expect((await sweep()).filter(({ eventId }) => eventId === at.eventId)).toEqual([]);
    expect(await statusesOf(at)).toMatch(/^0+$/);
  });
});

describe('idempotency keys', () => {
  it('give the same booking again for the same input, whatever the order of the seats', async () => {
    const at = await hall({ seatLimit: 2 });
    const buyer = aBuyer();
    const first = await hold(at, buyer, [3, 4], { key: 'a' });
    expect(await hold(at, buyer, [4, 3], { key: 'a' })).toEqual(first);
    await expect(hold(at, buyer, [5], { key: 'a' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  it('make one booking of calls that run at the same time', async () => {
    const at = await hall();
    const buyer = aBuyer();
    const ids = await Promise.all(Array.from({ length: 20 }, () => hold(at, buyer, [3], { key: 'same' })));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1);
  });

  it('belong to buyer, event and operation', async () => {
    const [here, there] = [await hall(), await hall()];
    const buyer = aBuyer();
    const ids = [
      await hold(here, buyer, [0], { key: 'k' }),
      await hold(there, buyer, [0], { key: 'k' }),
      await hold(here, aBuyer(), [1], { key: 'k' }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    await expect(confirm(here, buyer, ids[0] ?? '', 'k')).resolves.toMatchObject({ status: 'CONFIRMED' });
  });

  it('are not used up by a refusal', async () => {
    const at = await hall();
    const other = aBuyer();
    const blocking = await hold(at, other, [0]);
    const buyer = aBuyer();
    await expect(hold(at, buyer, [0], { key: 'k' })).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
    await releaseBooking(app, { buyerId: other, eventId: at.eventId, bookingId: blocking.id });
    await expect(hold(at, buyer, [0], { key: 'k' })).resolves.toMatchObject({ seats: [0] });
  });

  it.each([
    ['', 1],
    ['x'.repeat(256), 1],
    ['\u0000', 0],
    ['😀'.repeat(255), 0],
    ['\ud800', 0],
  ])('are any string of 1 to 255 characters (%#)', async (key, faults) => {
    const at = await hall();
    const attempt = hold(at, aBuyer(), [0], { key });
    if (faults === 0) await expect(attempt).resolves.toMatchObject({ status: 'HOLD' });
    else await expect(attempt).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'idempotencyKey' });
  });
});

describe('blocking', () => {
  it('takes free seats off sale and puts them back, all or none', async () => {
    const at = await hall();
    const input = (seats: number[]) => ({ organizerId: at.organizerId, eventId: at.eventId, seats });
    await blockSeats(app, input([0, 1]));
    await blockSeats(app, input([1, 2]));
    expect(await statusesOf(at)).toMatch(/^3330/);
    await expect(hold(at, aBuyer(), [2, 3])).rejects.toMatchObject({
      code: 'SEATS_UNAVAILABLE',
      seatIndexes: [2],
    });
    await hold(at, aBuyer(), [3]);
    await expect(blockSeats(app, input([3, 4]))).rejects.toMatchObject({
      code: 'SEATS_UNAVAILABLE',
      seatIndexes: [3],
    });
    await expect(unblockSeats(app, input([2, 3]))).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
    await unblockSeats(app, input([0, 1, 2, 9]));
    expect(await statusesOf(at)).toMatch(/^00010/);
  });

  it("is the event's organizer's alone", async () => {
    const at = await hall();
    const input = { organizerId: aBuyer(), eventId: at.eventId, seats: [0] };
    await expect(blockSeats(app, input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
