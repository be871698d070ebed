import { expect, it } from 'vitest';
import { Ahead } from '../../../src/web/shop/parts/ahead.ts';

/** Counts the loads, of which the first ones fail. */
function createAhead(failures = 0) {
  const loads: string[] = [];
  const ahead = new Ahead((key) => {
    loads.push(key);
    return loads.length <= failures ? Promise.reject(new Error('lost')) : Promise.resolve(loads.length);
  });
  return { ahead, loads };
}

it('what was started ahead is used once', async () => {
  const { ahead, loads } = createAhead();
  await ahead.start('a');
  expect(await ahead.take('a')).toBe(1);
  expect(await ahead.take('a')).toBe(2);
  expect(loads).toEqual(['a', 'a']);
});

it('what failed ahead is loaded again', async () => {
  const { ahead, loads } = createAhead(1);
  await expect(ahead.start('a')).rejects.toThrow('lost');
  expect(await ahead.take('a')).toBe(2);
  expect(loads).toEqual(['a', 'a']);
});

it('something else than what was started ahead is loaded', async () => {
  const { ahead, loads } = createAhead();
  await ahead.start('a');
  expect(await ahead.take('b')).toBe(2);
  expect(loads).toEqual(['a', 'b']);
});
