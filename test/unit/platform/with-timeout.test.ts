import { expect, it, vi } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { TimeoutError, withTimeout } from '../../../src/platform/with-timeout.ts';

const never = new Promise<string>(() => undefined);

it('passes on the outcome and leaves no timer', async () => {
  vi.useFakeTimers();
  try {
    expect(await withTimeout('now', 1_000, 'it')).toBe('now');
    expect(await withTimeout(Promise.resolve('soon'), 1_000, 'it')).toBe('soon');
    const refused = withTimeout(Promise.reject(new Error('refused')), 1_000, 'it');
    await expect(refused).rejects.toThrow('refused');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('rejects after the timeout with its own error or the given one', async () => {
  await expect(withTimeout(never, 1, 'the work')).rejects.toThrow(new TimeoutError('the work', 1));
  await expect(withTimeout(never, 1, () => new TypeError('mine'))).rejects.toThrow(TypeError);
});

it('passes on a late result and logs a late failure', async () => {
  const onResult = vi.fn<(value: string) => void>();
  const logged: string[] = [];
  const logger = createLogger('debug', { write: (line) => void logged.push(line) });
  const late = { onResult, logger };
  await withTimeout(Promise.resolve('in time'), 1_000, 'it', late);
  const [one, other] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  await expect(withTimeout(one.promise, 1, 'it', late)).rejects.toThrow(TimeoutError);
  await expect(withTimeout(other.promise, 1, 'it', late)).rejects.toThrow(TimeoutError);
  expect([onResult.mock.calls, logged]).toEqual([[], []]);
  one.resolve('late');
  other.reject(new Error('broken'));
  await vi.waitFor(() => expect(logged).toHaveLength(1));
  expect(JSON.parse(logged[0] ?? '')).toMatchObject({
    level: 'debug',
    what: 'it',
    err: { message: 'broken' },
  });
  expect(onResult.mock.calls).toEqual([['late']]);
});
