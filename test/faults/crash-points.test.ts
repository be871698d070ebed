import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashPoints } from '../support/processes/stepping-api.ts';
import { eventually } from '../support/eventually.ts';
import type { Buyer } from '../torture/buyers/buyers.ts';
import { Watcher } from '../torture/cluster/watcher.ts';
import { getBookingId, FaultBench, holdOf, type FaultHall } from './fault-bench.ts';

let bench: FaultBench;
let buyer: Buyer;

beforeAll(async () => {
  bench = await FaultBench.start();
  [buyer] = (await bench.buyers(1)) as [Buyer];
});

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

async function watched(hall: FaultHall): Promise<Watcher> {
  const node = { name: 'steady', server: bench.steady };
  const watcher = new Watcher(node, hall.eventId, hall.history.seatCount);
  await eventually('the snapshot', () => watcher.follower.version !== null);
  return watcher;
}

async function assertMapBecomesRight(watcher: Watcher): Promise<void> {
  await eventually('the map is correct', () => watcher.isCorrect(bench.database.reads));
  expect(await watcher.stop()).toBe(0);
}

describe('a process killed during a hold', () => {
  it.each(crashPoints)(
    'after "%s", the hold is committed: %s; a retry returns or makes it',
    async (step, committed) => {
      const hall = await bench.hall();
      const watcher = await watched(hall);
      const node = await bench.stepping({ step, batch: 1, signal: 'SIGKILL' });
      const gone = node.ended();
      const hold = holdOf([3, 4], `killed when ${step}`);
      expect(await hall.ask(node, buyer, hold)).toMatchObject({ kind: 'unknown' });
      await gone;

      const found = await hall.bookings();
      expect(found).toHaveLength(committed ? 1 : 0);
      const elsewhere = getBookingId(await hall.ask(bench.steady, buyer, hold));
      if (committed) expect(found[0]?.id).toBe(elsewhere);
      // The same program, restarted without the fault.
      const again = await bench.stepping({ step, batch: Infinity, signal: 'SIGKILL' });
      expect(getBookingId(await hall.ask(again, buyer, hold))).toBe(elsewhere);
      await again.stop();
      expect(await hall.bookings()).toHaveLength(1);
      await assertMapBecomesRight(watcher);
      expect(await hall.breaches()).toEqual([]);
    },
  );
});

describe('a process killed during a confirmation', () => {
  it.each(crashPoints)(
    'after "%s", the booking is confirmed: %s; a retry confirms it',
    async (step, committed) => {
      const hall = await bench.hall();
      const watcher = await watched(hall);
      const bookingId = getBookingId(await hall.ask(bench.steady, buyer, holdOf([7], null)));
      const node = await bench.stepping({ step, batch: 1, signal: 'SIGKILL' });
      const gone = node.ended();
      const confirm = { kind: 'confirm', bookingId, key: `confirmation, ${step}` } as const;
      expect(await hall.ask(node, buyer, confirm)).toMatchObject({ kind: 'unknown' });
      await gone;

      const [found] = await hall.bookings();
      expect(found?.status).toBe(committed ? 'CONFIRMED' : 'HOLD');
      expect(getBookingId(await hall.ask(bench.steady, buyer, confirm))).toBe(bookingId);
      expect(getBookingId(await hall.ask(bench.proxied, buyer, confirm))).toBe(bookingId);
      await assertMapBecomesRight(watcher);
      expect(await hall.breaches()).toEqual([]);
    },
  );
});
