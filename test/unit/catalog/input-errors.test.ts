import { expect, test } from 'vitest';
import { InvalidInputError, NotFoundError, type InputFieldError } from '../../../src/platform/errors.ts';
import { checkTogether, INPUT_ERRORS_MAX, InputErrors } from '../../../src/platform/input-errors.ts';

function refuse(field: string, message = `${field} is wrong.`): never {
  throw new InvalidInputError(field, message);
}

test('reports every invalid field once, the first one as field and message', async () => {
  const refusal = checkTogether({
    right: () => 1,
    a: () => refuse('a'),
    b: async () => Promise.reject(new InvalidInputError('b', 'b is wrong.')),
    aAgain: () => refuse('a', 'a is also wrong in another way.'),
  });
  await expect(refusal).rejects.toMatchObject({
    field: 'a',
    message: 'a is wrong.',
    errors: [
      { field: 'a', message: 'a is wrong.' },
      { field: 'b', message: 'b is wrong.' },
    ],
  });
});

test('returns the values of all checks if all pass', async () => {
  expect(await checkTogether({ a: () => 1, b: () => Promise.resolve('x') })).toEqual({ a: 1, b: 'x' });
});

test('keeps the fields of an error that lists several', () => {
  const errors = new InputErrors();
  const inner = new InputErrors();
  inner.run(() => refuse('a'));
  inner.run(() => refuse('b'));
  errors.run(() => inner.assertNone());
  errors.run(() => refuse('c'));
  expect(() => errors.assertNone()).toThrow(
    expect.objectContaining({
      errors: ['a', 'b', 'c'].map((field) => ({ field, message: `${field} is wrong.` })),
    }),
  );
});

test('lets other errors through', async () => {
  await expect(
    checkTogether({
      a: () => refuse('a'),
      b: () => {
        throw new NotFoundError('The event does not exist or is not visible to you. Check the ID.');
      },
    }),
  ).rejects.toBeInstanceOf(NotFoundError);
});

test('lists a limited number of fields', () => {
  const errors = new InputErrors();
  for (let i = 0; i < 10_000; i++) errors.run(() => refuse(`priceTiers.${i}.amount`));
  const error = (() => {
    try {
      return errors.assertNone();
    } catch (thrown) {
      return thrown as InvalidInputError;
    }
  })();
  expect(error?.errors).toHaveLength(INPUT_ERRORS_MAX);
});

test('lists a limited number of the fields of one error', () => {
  const errors = new InputErrors();
  const fields = Array.from({ length: 60 }, (_, i) => ({ field: `field${i}`, message: 'is wrong' }));
  const [first, ...others] = fields as [InputFieldError, ...InputFieldError[]];
  errors.run(() => {
    throw InvalidInputError.ofFields([first, ...others]);
  });
  const refused = (() => {
    try {
      errors.assertNone();
      return null;
    } catch (error) {
      return error as InvalidInputError;
    }
  })();
  expect(refused?.errors).toHaveLength(INPUT_ERRORS_MAX);
});
