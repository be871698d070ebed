import { describe, expect, it } from 'vitest';
import { cancelBooking } from '../../../src/booking/operations/cancel-booking.ts';
import { expireHolds } from '../../../src/booking/expiry/hold-sweeper.ts';
import { pruneHistory } from '../../../src/booking/operations/prune-history.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { createBuyerId, makeHoldOverdue, unannounced } from '../../support/booking.ts';
import type { Hall } from '../../support/hall.ts';
import { bookingSuite } from './booking.fixture.ts';

const { app, hall, hold, confirm, release } = bookingSuite();

const db = () => app().database.worker;

/** Makes every key of the hall older by some days. */
const age = (at: Hall, days: number) =>
  db().$executeRaw(sql`UPDATE idempotency_keys
    SET created_at = created_at - make_interval(days => ${days}::int), prune_after = prune_after - make_interval(days => ${days}::int)
    WHERE event_id = ${at.eventId}`);

/** Returns the number of whole days until each key of the hall can be deleted. */
async function dueInDays(at: Hall): Promise<readonly number[]> {
  const rows = await db().$queryRaw<{ days: number }[]>(sql`
    SELECT round(extract(epoch FROM prune_after - now()) / 86400)::int AS days
    FROM idempotency_keys WHERE event_id = ${at.eventId} ORDER BY 1`);
  return rows.map(({ days }) => days);
}

/** Creates one hold per seat, with the seat as the key. */
async function holds(at: Hall, buyerId: string, ...seats: number[]): Promise<string[]> {
  const ids = [];
  for (const seat of seats) ids.push((await hold(at, buyerId, [seat], { key: `${seat}` })).id);
  return ids;
}

describe('an idempotency key', () => {
  it('returns the same booking after any time, as long as it is held or confirmed', async () => {
    const at = await hall({ holdTtlMs: 1_000_000_000 });
    const buyer = createBuyerId();
    const [held = '', confirmed = ''] = await holds(at, buyer, 0, 1);
    await confirm(at, buyer, confirmed, 'confirm');
    for (let year = 0; year < 3; year++) {
      await age(at, 365);
      await pruneHistory(db(), 30);
    }
    expect((await hold(at, buyer, [0], { key: '0' })).id).toBe(held);
    expect(await hold(at, buyer, [1], { key: '1' })).toMatchObject({ id: confirmed, status: 'CONFIRMED' });
    expect((await confirm(at, buyer, confirmed, 'confirm')).id).toBe(confirmed);
  });

  it('is deleted after two days if its booking has ended, however it ended', async () => {
    const at = await hall();
    const buyer = createBuyerId();
    const [held = '', released = '', overdue = '', canceled = ''] = await holds(at, buyer, 0, 1, 2, 3);
    await release(at, buyer, released);
    await makeHoldOverdue(db(), overdue);
    await expireHolds({ ...unannounced, db: db(), defaultHoldTtlMs: 300_000 });
    await confirm(at, buyer, canceled);
    await cancelBooking(app(), { eventId: at.eventId, bookingId: canceled, callerId: at.organizerId });
    await age(at, 1);
    await pruneHistory(db(), 30);
    expect(await dueInDays(at)).toEqual([1, 1, 1, 1]);
    await age(at, 1);
    await pruneHistory(db(), 30);
    expect(await dueInDays(at)).toEqual([2]);
    expect((await hold(at, buyer, [0], { key: '0' })).id).toBe(held);
    expect((await hold(at, buyer, [1], { key: '1' })).id).not.toBe(released);
  });

  it('is deleted when its booking ends later, and is not read at every round until then', async () => {
    const at = await hall();
    const buyer = createBuyerId();
    const [id = ''] = await holds(at, buyer, 0);
    const due = [];
    for (const days of [2, 3, 6]) {
      await age(at, days);
      await pruneHistory(db(), 30);
      due.push(...(await dueInDays(at)));
    }
    // Each time, it is postponed to twice its age.
    expect(due).toEqual([2, 5, 11]);
    await release(at, buyer, id);
    await pruneHistory(db(), 30);
    expect(await dueInDays(at)).toEqual([11]);
    await age(at, 12);
    await pruneHistory(db(), 30);
    expect(await dueInDays(at)).toEqual([]);
  });

  it('is deleted if its booking no longer exists', async () => {
    const at = await hall();
    await holds(at, createBuyerId(), 0);
    await db().$executeRaw(
      sql`UPDATE idempotency_keys SET event_id = -event_id WHERE event_id = ${at.eventId}`,
    );
    const gone = { ...at, eventId: -at.eventId };
    await age(gone, 2);
    await pruneHistory(db(), 30);
    expect(await dueInDays(gone)).toEqual([]);
  });
});
