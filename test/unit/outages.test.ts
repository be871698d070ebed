import { expect, test } from 'vitest';
import { forbidden } from '../../src/graphql/errors.ts';
import { afterChange, beforeChange, changing } from '../../src/graphql/outages.ts';
import { BusyError, InvalidInputError, ReadOnlyError } from '../../src/platform/errors.ts';

function failing(cause: Error) {
  return async () => {
    throw cause;
  };
}

const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
const broken = new Error('Connection terminated unexpectedly');
const readOnly = Object.assign(new Error('cannot execute UPDATE'), { code: '25006' });

test('nobody is told that nothing happened where that is not certain', async () => {
  const busy = (outcomeUnknown: boolean) => ({ code: 'BUSY', outcomeUnknown });
  await expect(beforeChange(failing(broken))).rejects.toMatchObject(busy(false));
  await expect(beforeChange(failing(deadlock))).rejects.toMatchObject(busy(false));
  await expect(changing(failing(deadlock))).rejects.toMatchObject(busy(false));
  await expect(changing(failing(broken))).rejects.toMatchObject(busy(true));
  await expect(afterChange(failing(deadlock))).rejects.toMatchObject(busy(true));
  await expect(afterChange(failing(broken))).rejects.toMatchObject(busy(true));
  await expect(changing(failing(readOnly))).rejects.toBeInstanceOf(ReadOnlyError);
});

test('every other error passes, even one whose words are those of an outage', async () => {
  const quoting = new InvalidInputError('priceTiers.0.category', 'The venue has no category "ECONNREFUSED".');
  for (const error of [quoting, new BusyError(true), forbidden(), new TypeError('a defect')])
    await expect(changing(failing(error))).rejects.toBe(error);
  await expect(changing(() => Promise.resolve(5))).resolves.toBe(5);
});
