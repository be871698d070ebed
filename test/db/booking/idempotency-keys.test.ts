import { describe, expect, it } from 'vitest';
import { createBuyerId } from '../../support/booking.ts';
import { bookingSuite } from './booking.fixture.ts';

const { hall, hold, confirm, release } = bookingSuite();

describe('idempotency keys', () => {
  it('return the same booking for the same input, in any order of seats', async () => {
    const at = await hall({ seatLimit: 2 });
    const buyer = createBuyerId();
    const first = await hold(at, buyer, [3, 4], { key: 'a' });
    expect(await hold(at, buyer, [4, 3], { key: 'a' })).toEqual(first);
    await expect(hold(at, buyer, [5], { key: 'a' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  it('make concurrent calls create one booking', async () => {
    const at = await hall();
    const buyer = createBuyerId();
    const ids = await Promise.all(Array.from({ length: 20 }, () => hold(at, buyer, [3], { key: 'same' })));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1);
  });

  it('belong to a buyer, an event and an operation', async () => {
    const [here, there] = [await hall(), await hall()];
    const buyer = createBuyerId();
    const ids = [
      await hold(here, buyer, [0], { key: 'k' }),
      await hold(there, buyer, [0], { key: 'k' }),
      await hold(here, createBuyerId(), [1], { key: 'k' }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    await expect(confirm(here, buyer, ids[0] ?? '', 'k')).resolves.toMatchObject({ status: 'CONFIRMED' });
  });

  it('can be used again after a refusal', async () => {
    const at = await hall();
    const other = createBuyerId();
    const blocking = await hold(at, other, [0]);
    const buyer = createBuyerId();
    await expect(hold(at, buyer, [0], { key: 'k' })).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
    await release(at, other, blocking.id);
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
    const attempt = hold(at, createBuyerId(), [0], { key });
    if (faults === 0) await expect(attempt).resolves.toMatchObject({ status: 'HOLD' });
    else await expect(attempt).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'idempotencyKey' });
  });
});
