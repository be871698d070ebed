import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommitCut } from '../support/proxies/tcp-proxy.ts';
import { eventually } from '../support/eventually.ts';
import type { Buyer } from '../torture/buyers/buyers.ts';
import { getBookingId, FaultBench, holdOf } from './fault-bench.ts';

let bench: FaultBench;
let buyer: Buyer;

beforeAll(async () => {
  bench = await FaultBench.start();
  [buyer] = (await bench.buyers(1)) as [Buyer];
});

beforeEach(() => {
  bench.proxy.cutCommits('before', 0);
  bench.proxy.refusing = false;
});

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const places: readonly CommitCut[] = ['before', 'amid', 'after'];

describe('a connection cut around COMMIT', () => {
  it.each(places.flatMap((where) => [[where, 'a key'] as const, [where, null] as const]))(
    '(%s, with %s): the server determines the outcome and returns the single booking',
    async (where, key) => {
      const hall = await bench.hall();
      const cutBefore = bench.proxy.commitsCut;
      bench.proxy.cutCommits(where, 1);
      const bookingId = getBookingId(await hall.ask(bench.proxied, buyer, holdOf([2, 3], key)));
      expect(bench.proxy.commitsCut - cutBefore).toBe(1);
      expect(await hall.bookings()).toEqual([{ id: bookingId, status: 'HOLD' }]);

      bench.proxy.cutCommits(where, 1);
      const confirm = { kind: 'confirm', bookingId, key } as const;
      expect(getBookingId(await hall.ask(bench.proxied, buyer, confirm))).toBe(bookingId);
      expect(bench.proxy.commitsCut - cutBefore).toBe(2);
      expect(await hall.bookings()).toEqual([{ id: bookingId, status: 'CONFIRMED' }]);
      expect(await hall.breaches()).toEqual([]);
    },
  );

  it.each(places)('several times in a row (%s): each of 30 buyers gets one booking', async (where) => {
    const hall = await bench.hall({ seatLimit: 10 });
    const buyers = await bench.buyers(30);
    const cutBefore = bench.proxy.commitsCut;
    bench.proxy.cutCommits(where, 3);
    const answers = await Promise.all(
      buyers.map((each, i) => hall.ask(bench.proxied, each, holdOf([i], i % 2 === 0 ? 'a key' : null))),
    );
    bench.proxy.cutCommits(where, 0);
    expect(bench.proxy.commitsCut).toBeGreaterThan(cutBefore);
    expect(new Set(answers.map(getBookingId)).size).toBe(30);
    expect(await hall.breaches()).toEqual([]);
  });
});

describe('a connection cut during COMMIT while no other is available', () => {
  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('(%s): the outcome is unknown, and the retry determines it', async (where, committed) => {
    const hall = await bench.hall();
    // Opens one connection, which will be the last.
    getBookingId(await hall.ask(bench.proxied, buyer, holdOf([9], null)));
    const hold = holdOf([0, 1], 'asked twice');
    bench.proxy.cutCommits(where, 1);
    bench.proxy.refusing = true;
    expect(await hall.ask(bench.proxied, buyer, hold)).toEqual({ kind: 'unknown', why: 'BUSY' });
    expect(await hall.bookings()).toHaveLength(1 + committed);
    bench.proxy.refusing = false;
    await eventually('the node is no longer read-only', async () => {
      const response = await fetch(`${bench.proxied.url ?? ''}/ready`);
      return ((await response.json()) as { mode: string }).mode === 'NORMAL';
    });
    getBookingId(await hall.ask(bench.proxied, buyer, hold));
    expect(await hall.bookings()).toHaveLength(2);
    expect(await hall.breaches()).toEqual([]);
  });
});
