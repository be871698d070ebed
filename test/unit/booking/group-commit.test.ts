import { expect, it } from 'vitest';
import {
  GroupCommit,
  type GroupCommitLimits,
  type Pending,
  type Submission,
} from '../../../src/booking/batch/group-commit.ts';
import type { Outcome } from '../../../src/booking/rules/draft.ts';
import { eventually } from '../../support/eventually.ts';

const done: Outcome = { kind: 'done', booking: null };
const limits: GroupCommitLimits = {
  batchMax: 4,
  batchSeatsMax: 100,
  queueMax: 6,
  lanesMax: 2,
  waitMaxMs: 60_000,
};

function release(bookingId: string): Submission {
  return { command: { kind: 'release', bookingId, buyerId: 'buyer' }, choice: null };
}

/** A group commit whose batches wait until the test releases them. */
function start(overrides: Partial<GroupCommitLimits> = {}) {
  const batches: { eventId: number; ids: string[]; finish: () => void }[] = [];
  const groupCommit = new GroupCommit(
    (eventId, batch) =>
      new Promise((resolve) => {
        batches.push({
          eventId,
          ids: batch.map(({ command }) => ('bookingId' in command ? command.bookingId : command.kind)),
          finish() {
            for (const pending of batch) pending.settle(done);
            resolve([]);
          },
        });
      }),
    { ...limits, ...overrides },
  );
  return { groupCommit, batches };
}

it('starts a batch at once when idle, and puts everything that arrives meanwhile into the next one, in order', async () => {
  const { groupCommit, batches } = start();
  const first = groupCommit.submit(1, release('a'));
  expect(batches.map(({ ids }) => ids)).toEqual([['a']]);
  const others = ['b', 'c', 'd'].map((id) => groupCommit.submit(1, release(id)));
  expect(batches).toHaveLength(1);
  batches[0]?.finish();
  expect(await first).toBe(done);
  await eventually('the next batch', () => batches.length === 2);
  expect(batches[1]?.ids).toEqual(['b', 'c', 'd']);
  batches[1]?.finish();
  await Promise.all(others);
  await groupCommit.drained();
});

it('limits the commands and the seats of a batch', async () => {
  const { groupCommit, batches } = start({ queueMax: 20, batchSeatsMax: 10 });
  const block = (seats: number) => ({
    command: { kind: 'block' as const, organizerId: 'o', seats: Array.from({ length: seats }, (_, i) => i) },
    choice: null,
  });
  const all = [
    groupCommit.submit(1, release('a')),
    ...['b', 'c', 'd', 'e', 'f'].map((id) => groupCommit.submit(1, release(id))),
  ];
  all.push(
    groupCommit.submit(1, block(8)),
    groupCommit.submit(1, block(8)),
    groupCommit.submit(1, block(50)),
  );
  for (let i = 0; i < 6; i++) {
    await eventually(`batch ${i}`, () => batches.length > i || i > 4);
    batches[i]?.finish();
  }
  await Promise.all(all);
  expect(batches.map(({ ids }) => ids)).toEqual([
    ['a'],
    ['b', 'c', 'd', 'e'],
    ['f', 'block'],
    ['block'],
    ['block'],
  ]);
});

it('refuses at once when the queue is full', async () => {
  const { groupCommit, batches } = start();
  const running = groupCommit.submit(1, release('running'));
  const waiting = Array.from({ length: 6 }, (_, i) => groupCommit.submit(1, release(`w${i}`)));
  await expect(groupCommit.submit(1, release('too many'))).rejects.toMatchObject({
    code: 'BUSY',
    outcomeUnknown: false,
  });
  const elsewhere = groupCommit.submit(2, release('another event'));
  for (let i = 0; i < 4; i++) {
    await eventually(`batch ${i}`, () => batches.length > i);
    batches[i]?.finish();
  }
  await Promise.all([running, ...waiting, elsewhere]);
});

it('runs at most as many events at once as it has lanes, each in its turn', async () => {
  const { groupCommit, batches } = start();
  const all = [1, 2, 3, 1].map((eventId, i) => groupCommit.submit(eventId, release(`${eventId}.${i}`)));
  expect(batches.map(({ eventId }) => eventId)).toEqual([1, 2]);
  batches[0]?.finish();
  await eventually('a lane is free', () => batches.length === 3);
  expect(batches[2]).toMatchObject({ eventId: 3 });
  batches[1]?.finish();
  await eventually('the first event again', () => batches.length === 4);
  for (const batch of batches.slice(2)) batch.finish();
  await Promise.all(all);
});

it('refuses commands at their deadline, even behind a batch that does not return', async () => {
  const { groupCommit, batches } = start({ waitMaxMs: 30 });
  const running = groupCommit.submit(1, release('running'));
  await expect(groupCommit.submit(1, release('late'))).rejects.toMatchObject({
    code: 'BUSY',
    outcomeUnknown: false,
  });
  expect(batches).toHaveLength(1);
  batches[0]?.finish();
  await running;
  await groupCommit.drained();
});

it('puts retried commands at the front of the next batch', async () => {
  const batches: string[][] = [];
  const again = new Set(['a']);
  const groupCommit = new GroupCommit((_, batch) => {
    const ids = batch.map(({ command }) => ('bookingId' in command ? command.bookingId : ''));
    batches.push(ids);
    const back: Pending[] = [];
    for (const [i, pending] of batch.entries()) {
      if (again.delete(ids[i] ?? '')) back.push(pending);
      else pending.settle(done);
    }
    return Promise.resolve(back);
  }, limits);
  await Promise.all([groupCommit.submit(1, release('a')), groupCommit.submit(1, release('b'))]);
  expect(batches).toEqual([['a'], ['a', 'b']]);
});

it('loses no retried command while others are refused', async () => {
  let bringBack: () => void = () => {};
  const groupCommit = new GroupCommit(
    (_, batch) => new Promise((resolve) => (bringBack = () => resolve(batch))),
    { ...limits, waitMaxMs: 30 },
  );
  const undecided = groupCommit.submit(1, release('undecided'));
  const refused = undecided.catch((error: unknown) => error);
  await expect(groupCommit.submit(1, release('late'))).rejects.toMatchObject({ code: 'BUSY' });
  bringBack();
  expect(await refused).toMatchObject({ code: 'BUSY', outcomeUnknown: false });
  await groupCommit.drained();
});

/** A group commit that does all commands at once, except those that `undecided` returns. */
function startWith(
  undecided: (batch: readonly Pending[]) => Promise<readonly Pending[]>,
  waitMaxMs = 60_000,
) {
  const batches: string[][] = [];
  const groupCommit = new GroupCommit(
    async (_, batch) => {
      batches.push(batch.map(idOf));
      const back = await undecided(batch);
      for (const pending of batch) if (!back.includes(pending)) pending.settle(done);
      return back;
    },
    { ...limits, waitMaxMs },
  );
  return { groupCommit, batches };
}

function idOf({ command }: Pending): string {
  return 'bookingId' in command ? command.bookingId : '';
}

it('does not delay other commands if one waits for a read', async () => {
  const slow = Promise.withResolvers<void>();
  const { groupCommit, batches } = startWith(async (batch) => {
    const aside = batch.filter((pending) => idOf(pending) === 'a' && batches.length === 1);
    for (const pending of aside) pending.waitsFor = slow.promise;
    return aside;
  });
  const waiting = groupCommit.submit(1, release('a'));
  await Promise.all(['b', 'c'].map((id) => groupCommit.submit(1, release(id))));
  slow.resolve();
  await waiting;
  await groupCommit.drained();
  expect(batches).toEqual([['a'], ['b', 'c'], ['a']]);
});

it('refuses a command that waits for a read at its deadline', async () => {
  const slow = Promise.withResolvers<void>();
  const { groupCommit, batches } = startWith(async (batch) => {
    for (const pending of batch) pending.waitsFor = slow.promise;
    return batch;
  }, 30);
  const busy = { code: 'BUSY', outcomeUnknown: false };
  await expect(groupCommit.submit(1, release('a'))).rejects.toMatchObject(busy);
  slow.resolve();
  await groupCommit.drained();
  expect(batches).toEqual([['a']]);
});

it('runs the commands of a failed batch one by one, in order, before all others', async () => {
  const { groupCommit, batches } = startWith(async (batch) => {
    if (batch.length < 3) return [];
    for (const pending of batch) pending.alone = true;
    return batch;
  });
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => groupCommit.submit(1, release(id))));
  expect(batches).toEqual([['a'], ['b', 'c', 'd', 'e'], ['b'], ['c'], ['d'], ['e'], ['f']]);
});

it('refuses commands behind one of a failed batch at their deadline', async () => {
  const stuck = Promise.withResolvers<void>();
  const { groupCommit, batches } = startWith(async (batch) => {
    if (batch.map(idOf).join('') === 'b') await stuck.promise;
    if (batch.length === 1) return [];
    for (const pending of batch) pending.alone = true;
    return batch;
  }, 30);
  const [, first, ...others] = ['a', 'b', 'c', 'd'].map((id) => groupCommit.submit(1, release(id)));
  for (const other of others)
    await expect(other).rejects.toMatchObject({ code: 'BUSY', outcomeUnknown: false });
  stuck.resolve();
  expect(await first).toBe(done);
  await groupCommit.drained();
  expect(batches).toEqual([['a'], ['b', 'c', 'd'], ['b']]);
});
