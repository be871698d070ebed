import { expect, it, vi } from 'vitest';
import { DeadlineError, withDeadline } from '../../../src/platform/deadline.ts';

const never = new Promise<string>(() => undefined);

it('gives what comes in time, failures too, and leaves no timer', async () => {
  vi.useFakeTimers();
  try {
    expect(await withDeadline('now', 1_000, 'it')).toBe('now');
    expect(await withDeadline(Promise.resolve('soon'), 1_000, 'it')).toBe('soon');
    const refused = withDeadline(Promise.reject(new Error('refused')), 1_000, 'it');
    await expect(refused).rejects.toThrow('refused');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('fails by its name, or as it is told to, when the time is over', async () => {
  await expect(withDeadline(never, 1, 'the work')).rejects.toThrow(new DeadlineError('the work', 1));
  await expect(withDeadline(never, 1, () => new TypeError('mine'))).rejects.toThrow(TypeError);
});

it('tells how the work ended that went on, and only of that', async () => {
  const late = { done: vi.fn<(value: string) => void>(), failed: vi.fn<(error: unknown) => void>() };
  await withDeadline(Promise.resolve('in time'), 1_000, 'it', late);
  const [one, other] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  await expect(withDeadline(one.promise, 1, 'it', late)).rejects.toThrow(DeadlineError);
  await expect(withDeadline(other.promise, 1, 'it', late)).rejects.toThrow(DeadlineError);
  expect([late.done.mock.calls, late.failed.mock.calls]).toEqual([[], []]);
  one.resolve('late');
  other.reject('broken');
  await vi.waitFor(() => expect(late.failed).toHaveBeenCalledWith('broken'));
  expect(late.done.mock.calls).toEqual([['late']]);
});
