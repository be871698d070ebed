import { describe, expect, it } from 'vitest';
import { expireHolds } from '../../../src/booking/expiry/hold-sweeper.ts';
import type { SeatsChanged } from '../../../src/messaging/messages.ts';
import { createBuyerId, makeHoldOverdue, silentPublisher, unannounced } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { bookingSuite } from './booking.fixture.ts';

const { app, hall, hold, confirm, release, statusesOf } = bookingSuite();

async function sweep(): Promise<SeatsChanged[]> {
  const published: SeatsChanged[] = [];
  const publisher = {
    ...silentPublisher,
    async publishSeatsChanged(message: SeatsChanged) {
      published.push(message);
      return true;
    },
  };
  await expireHolds({ ...unannounced, db: app().database.worker, defaultHoldTtlMs: 300_000, publisher });
  return published;
}

describe('a hold past its deadline', () => {
  it('can neither be confirmed nor released, though no sweeper has run', async () => {
    const at = await hall();
    const buyer = createBuyerId();
    const { id } = await hold(at, buyer, [0]);
    await makeHoldOverdue(app().database.reads, id);
    await expect(confirm(at, buyer, id)).rejects.toMatchObject({ code: 'HOLD_EXPIRED' });
    const attempt = release(at, buyer, id);
    await expect(attempt).rejects.toMatchObject({ code: 'HOLD_EXPIRED' });
  });

  it('gives its seats to the next buyer, and expires completely', async () => {
    const at = await hall();
    const { id } = await hold(at, createBuyerId(), [0, 1, 2]);
    await makeHoldOverdue(app().database.reads, id);
    const next = await hold(at, createBuyerId(), [2, 3]);
    expect(next.seats).toEqual([2, 3]);
    expect(await statusesOf(at)).toMatch(/^00110/);
    const old = await app().database.reads.booking.findFirst({ where: { id } });
    expect(old?.status).toBe('EXPIRED');
  });

  it('is expired and announced by the sweeper, once', async () => {
    const at = await hall();
    const holds = [await hold(at, createBuyerId(), [0, 1]), await hold(at, createBuyerId(), [5])];
    for (const { id } of holds) await makeHoldOverdue(app().database.reads, id);
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

  it('is swept in every event, even if a hung Redis takes no messages', async () => {
    // More events than the sweeper handles at once.
    const halls = await Promise.all(Array.from({ length: 10 }, () => hall({ rows: 1 })));
    const holds = await Promise.all(halls.map((at) => hold(at, createBuyerId(), [0])));
    for (const { id } of holds) await makeHoldOverdue(app().database.reads, id);
    const hanging = Promise.withResolvers<boolean>();
    const publisher = { ...silentPublisher, publishSeatsChanged: () => hanging.promise };
    const swept = expireHolds({
      ...unannounced,
      db: app().database.worker,
      defaultHoldTtlMs: 300_000,
      publisher,
    });
    await eventually('all are swept', async () => {
      const ended = { id: { in: holds.map(({ id }) => id) }, status: 'EXPIRED' } as const;
      return (await app().database.reads.booking.count({ where: ended })) === 10;
    });
    hanging.resolve(false);
    expect(await swept).toBe(10);
  });
});
