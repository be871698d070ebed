import pino from 'pino';
import { expect, test } from 'vitest';
import { forbidden } from '../../../src/graphql/engine/errors/graphql-error.ts';
import { readOrBusy, commitOrBusy } from '../../../src/graphql/engine/errors/database-outage.ts';
import { BusyError, InvalidInputError, ReadOnlyError } from '../../../src/platform/errors.ts';

function failing(cause: Error) {
  return async () => {
    throw cause;
  };
}

const lines: { err: { message: string }; requestId: string }[] = [];
const logger = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) });
const ctx = { logger, requestId: 'r1' };

const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
const diskFull = Object.assign(new Error('could not extend file'), { code: '53100' });
const broken = new Error('Connection terminated unexpectedly');
const readOnly = Object.assign(new Error('cannot execute UPDATE'), { code: '25006' });

test('an error says that nothing happened only if that is certain', async () => {
  const busy = (outcomeUnknown: boolean) => ({ code: 'BUSY', outcomeUnknown });
  await expect(readOrBusy(ctx, failing(broken))).rejects.toMatchObject(busy(false));
  await expect(readOrBusy(ctx, failing(deadlock))).rejects.toMatchObject(busy(false));
  await expect(commitOrBusy(ctx, failing(deadlock))).rejects.toMatchObject(busy(false));
  await expect(commitOrBusy(ctx, failing(broken))).rejects.toMatchObject(busy(true));
  await expect(commitOrBusy(ctx, failing(readOnly))).rejects.toBeInstanceOf(ReadOnlyError);
});

test('every other error is unchanged, even one whose text resembles an outage', async () => {
  const quoting = new InvalidInputError('priceTiers.0.category', 'The venue has no category "ECONNREFUSED".');
  for (const error of [quoting, BusyError.outcomeUnknown(), forbidden(), new TypeError('a defect')])
    await expect(commitOrBusy(ctx, failing(error))).rejects.toBe(error);
  await expect(commitOrBusy(ctx, () => Promise.resolve(5))).resolves.toBe(5);
});

test('a full disk is BUSY, with its cause in one log line', async () => {
  lines.length = 0;
  await expect(commitOrBusy(ctx, failing(diskFull))).rejects.toMatchObject({
    code: 'BUSY',
    outcomeUnknown: false,
  });
  expect(lines).toMatchObject([{ err: { message: diskFull.message }, requestId: 'r1' }]);
});
