import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Mailbox } from '../../../src/seating/live/mailbox.ts';

/** A counter that only rises. Its state is the count. */
function start(limit: number) {
  let now = 0;
  const mailbox: Mailbox<number> = new Mailbox<number>({
    limit,
    overflow() {
      // A feed also sends what is unsent before it returns a snapshot.
      mailbox.push(++now);
      return now;
    },
    onClose: () => undefined,
  });
  return { mailbox, push: () => mailbox.push(++now), now: () => now };
}

it('repeats nothing that is part of the state', async () => {
  const { mailbox, push, now } = start(3);
  for (let i = 0; i < 5; i++) push();
  const state = await mailbox.next();
  push();
  expect([state.value, (await mailbox.next()).value, now()]).toEqual([6, 7, 7]);
});

it('waits until the state has settled, loses no message in the meantime, and can be closed', async () => {
  let settle: () => void = () => {};
  let now = 0;
  const mailbox = new Mailbox<number>({
    limit: 1,
    settled: () => new Promise((resolve) => (settle = resolve)),
    overflow: () => now,
    onClose: () => undefined,
  });
  const overflow = () => {
    for (let i = 0; i < 3; i++) mailbox.push(++now);
  };
  overflow();
  const state = mailbox.next();
  mailbox.push(++now);
  settle();
  expect((await state).value).toBe(now);
  mailbox.push(++now);
  expect((await mailbox.next()).value).toBe(now);
  overflow();
  const last = mailbox.next();
  await mailbox.return();
  settle();
  expect((await last).done).toBe(true);
});

it('only rises, stays within its limit and ends at the latest count, in any order (1,000 runs)', async () => {
  const limit = 3;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60, size: 'max' }), async (pushes) => {
      const { mailbox, push, now } = start(limit);
      const taken: number[] = [];
      let waiting = false;
      const take = () => {
        waiting = true;
        return mailbox.next().then(({ value }) => {
          waiting = false;
          taken.push(value as number);
        });
      };
      for (const isPush of pushes) {
        if (isPush) push();
        else if (!waiting) void take();
        await Promise.resolve();
        await Promise.resolve();
      }
      push();
      for (let i = 0; i < 5; i++) await Promise.resolve();
      let drained = 0;
      while (taken.at(-1) !== now() && drained++ < limit + 2) if (!waiting) await take();
      expect(taken.at(-1)).toBe(now());
      expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
    }),
    { numRuns: 1_000 },
  );
});
