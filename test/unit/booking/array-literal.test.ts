import { expect, it } from 'vitest';
import { arrayLiteral } from '../../../src/booking/batch/array-literal.ts';

it('formats numbers, booleans and words', () => {
  expect(arrayLiteral([])).toBe('{}');
  expect(arrayLiteral([1, -2.5, true, 'HELD', '01990000-0000-7000-8000-000000000000'])).toBe(
    '{1,-2.5,true,HELD,01990000-0000-7000-8000-000000000000}',
  );
});

it.each(['', 'a,b', 'a b', '"', '\\', '}', 'NULL,'])('refuses %j, which needs quotes', (text) => {
  expect(() => arrayLiteral(['HELD', text])).toThrow('quotes');
});

it('refuses the word that PostgreSQL takes for a missing value', () => {
  expect(() => arrayLiteral(['null'])).toThrow('quotes');
});
