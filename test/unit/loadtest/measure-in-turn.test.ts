import { expect, it } from 'vitest';
import { measureInTurn } from '../../../loadtest/bench/measure.ts';

it('measures contenders in turn, every other round in the opposite order, after a round that does not count', async () => {
  const contenders = ['a', 'b'].map((name) => ({ name, runs: [] as number[] }));
  const order: string[] = [];
  await measureInTurn(contenders, { pairs: 2, seconds: 5 }, ({ name }, seconds) =>
    Promise.resolve(order.push(`${name}, ${seconds} s`)),
  );
  expect(order).toEqual(['a, 1 s', 'b, 1 s', 'b, 5 s', 'a, 5 s', 'a, 5 s', 'b, 5 s']);
  expect(contenders.map(({ runs }) => runs)).toEqual([
    [4, 5],
    [3, 6],
  ]);
});
