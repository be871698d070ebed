import { describe, expect, it } from 'vitest';
import { expireHolds } from '../../../src/booking/expiry/hold-sweeper.ts';
import { inspectBooking } from '../../../src/booking/inspect/inspect-booking.ts';
import { changeSeats } from '../../../src/booking/operations/change-seats.ts';
import { extendHold } from '../../../src/booking/operations/extend-hold.ts';
import { holdBestAvailable } from '../../../src/booking/operations/hold-best-available.ts';
import { TAKEOVER_DELAY_MS_MAX } from '../../../src/booking/rules/model.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { createBuyerId, unannounced } from '../../support/booking.ts';
import type { Hall, HallOptions } from '../../support/hall.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';

const { app, hall, hold, confirm, release, statusesOf } = bookingSuite();

const db = () => app().database.reads;
const delaying = (options: HallOptions = {}) =>
  hall(options, { takeoverDelay: true, holdExtensionMs: 60_000, orphanRule: 'ALLOW' });
const sweep = () => expireHolds({ ...unannounced, db: app().database.batches, defaultHoldTtlMs: 300_000 });

async function delayOf(id: string): Promise<number> {
  const [row] = await db().$queryRaw<{ ms: number }[]>(
    sql`SELECT takeover_delay_ms::int AS ms FROM bookings WHERE id = ${id}::uuid`,
  );
  return row?.ms ?? Number.NaN;
}

function best({ eventId }: Hall, quantity: number) {
  const input = { eventId, quantity, section: null, tierIndex: null, idempotencyKey: null };
  return holdBestAvailable(app(), { ...input, buyerId: createBuyerId() });
}

/** Ends the hold now, half a minute before others can take its seats. No real delay is as long as a slow test. */
async function passDeadline(id: string): Promise<void> {
  await db().$executeRaw(
    sql`ALTER TABLE bookings DROP CONSTRAINT IF EXISTS bookings_takeover_delay_in_range`,
  );
  await db()
    .$executeRaw(sql`UPDATE bookings SET created_at = created_at - interval '1 hour', takeover_delay_ms = 30000,
    hold_expires_at = date_trunc('milliseconds', clock_timestamp()) WHERE id = ${id}::uuid`);
}

async function passDelay(id: string): Promise<void> {
  await db()
    .$executeRaw(sql`UPDATE bookings SET takeover_delay_ms = 1, hold_expires_at = hold_expires_at - interval '1 second'
    WHERE id = ${id}::uuid`);
}

describe('the takeover delay of a hold', () => {
  it('is 1 to 1,200 ms, drawn for each hold of an event that asks for it', async () => {
    const at = await delaying({ rows: 6 });
    const seats = Array.from({ length: 60 }, (_, seat) => seat);
    const holds = await Promise.all(seats.map((seat) => hold(at, createBuyerId(), [seat])));
    const delays = await Promise.all(holds.map(({ id }) => delayOf(id)));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...delays)).toBeLessThanOrEqual(TAKEOVER_DELAY_MS_MAX);
    expect(new Set(delays).size).toBeGreaterThan(40);
  });

  it('is zero at any other event', async () => {
    const held = await hold(await hall(), createBuyerId(), [0]);
    expect(await delayOf(held.id)).toBe(0);
  });

  it('is drawn again when the hold is extended', async () => {
    const at = await delaying();
    const buyerId = createBuyerId();
    const { id } = await hold(at, buyerId, [0]);
    await db().$executeRaw(sql`UPDATE bookings SET takeover_delay_ms = 0 WHERE id = ${id}::uuid`);
    await extendHold(app(), { buyerId, eventId: at.eventId, bookingId: id });
    expect(await delayOf(id)).toBeGreaterThanOrEqual(1);
  });

  it('cannot exceed 1,200 ms in the database', async () => {
    const { id } = await hold(await delaying(), createBuyerId(), [0]);
    for (const ms of [-1, 1_201])
      await expect(
        db().$executeRaw(sql`UPDATE bookings SET takeover_delay_ms = ${ms} WHERE id = ${id}::uuid`),
      ).rejects.toThrow('bookings_takeover_delay_in_range');
  });
});

describe('between the deadline and the end of the takeover delay', () => {
  it('the owner can do nothing with the hold, and nobody can take its seats', async () => {
    const at = await delaying();
    const buyer = createBuyerId();
    const { id } = await hold(at, buyer, [0, 1]);
    await passDeadline(id);
    const own = { buyerId: buyer, eventId: at.eventId, bookingId: id };
    const expired = { code: 'HOLD_EXPIRED' };
    await expect(confirm(at, buyer, id)).rejects.toMatchObject(expired);
    await expect(release(at, buyer, id)).rejects.toMatchObject(expired);
    await expect(extendHold(app(), own)).rejects.toMatchObject(expired);
    await expect(changeSeats(app(), { ...own, seats: [0, 2] })).rejects.toMatchObject(expired);
    for (const other of [createBuyerId(), buyer])
      await expect(hold(at, other, [1, 2])).rejects.toMatchObject({ seatIndexes: [1] });
    expect(await statusesOf(at)).toMatch(/^110/);
    await passDelay(id);
    await expect(confirm(at, buyer, id)).rejects.toMatchObject(expired);
    await expect(hold(at, createBuyerId(), [1, 2])).resolves.toMatchObject({ seats: [1, 2] });
    expect(await statusesOf(at)).toMatch(/^011/);
  });

  it('the server chooses other seats', async () => {
    const at = await delaying({ rows: 1, seatsPerRow: 4 });
    const { id } = await hold(at, createBuyerId(), [0, 1]);
    await passDeadline(id);
    await expect(hold(at, createBuyerId(), [1], { alternative: true })).resolves.toMatchObject({
      seats: [2],
    });
    await expect(best(at, 1)).resolves.toMatchObject({ seats: [3] });
    await expect(best(at, 1)).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
    await passDelay(id);
    await expect(best(at, 2)).resolves.toMatchObject({ seats: [0, 1] });
  });

  it('the sweeper passes over the hold, and sweeps later ones that can be taken over', async () => {
    const at = await delaying();
    const [delayed, later] = [await hold(at, createBuyerId(), [0]), await hold(at, createBuyerId(), [1])];
    await passDeadline(delayed.id);
    await db()
      .$executeRaw(sql`UPDATE bookings b SET created_at = b.created_at - interval '1 hour', takeover_delay_ms = 0,
      hold_expires_at = d.hold_expires_at + interval '1 ms' FROM bookings d WHERE b.id = ${later.id}::uuid AND d.id = ${delayed.id}::uuid`);
    expect(await sweep()).toBe(1);
    expect(await statusesOf(at)).toMatch(/^10/);
    await passDelay(delayed.id);
    expect(await sweep()).toBe(1);
    expect(await statusesOf(at)).toMatch(/^00/);
  });

  it('the hold does not count against the limit of its owner', async () => {
    const at = await delaying({ seatLimit: 2 });
    const buyer = createBuyerId();
    const { id } = await hold(at, buyer, [0, 1]);
    await passDeadline(id);
    await expect(hold(at, buyer, [4, 5])).resolves.toMatchObject({ seats: [4, 5] });
  });

  it('inspect says when others can take the seats', async () => {
    const { id } = await hold(await delaying(), createBuyerId(), [0]);
    await passDeadline(id);
    const found = await inspectBooking(db(), id);
    expect(found.deadline).toMatch(/missed [\d.]+ s ago: others can take the seats in [\d.]+ s$/);
    expect(found.booking.takeoverAt.getTime() - found.booking.holdExpiresAt.getTime()).toBe(30_000);
  });
});
