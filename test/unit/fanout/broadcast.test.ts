import { expect, it, vi } from 'vitest';
import { Broadcast } from '../../../src/fanout/broadcast.ts';

it('a round serves every member in slices, and one more round follows if it was requested meanwhile', async () => {
  const members = Array.from({ length: 200 }, (_, i) => ({ i, served: 0 }));
  let longest = 0;
  let last = performance.now();
  const onError = vi.fn<() => void>();
  const onEnd = vi.fn<() => void>();
  const broadcast = new Broadcast(
    () => members,
    (member) => {
      const now = performance.now();
      while (performance.now() < now + 0.2);
      member.served++;
      if (member.i === 7) throw new Error('only this member');
    },
    onError,
    onEnd,
  );
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 0);
  broadcast.run();
  expect(members[0]?.served).toBe(1);
  expect(members[199]?.served).toBe(0);
  broadcast.run();
  broadcast.run();
  await vi.waitFor(() => expect(members[199]?.served).toBe(2), 10_000);
  clearInterval(watch);
  expect(members.every(({ served }) => served === 2)).toBe(true);
  expect(onError).toHaveBeenCalledTimes(2);
  expect(onEnd).toHaveBeenCalledTimes(1);
});
