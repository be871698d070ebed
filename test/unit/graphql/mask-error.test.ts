import { GraphQLError } from 'graphql';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { maskError } from '../../../src/graphql/engine/errors/mask-error.ts';
import { BusyError, InvalidInputError, ReadOnlyError } from '../../../src/platform/errors.ts';

/** Wraps an error of PostgreSQL as Prisma does for a raw query. */
function rawQueryError(originalCode: string): Error {
  const meta = { driverAdapterError: { cause: { originalCode } } };
  return Object.assign(new Error('Raw query failed: its words are secret'), { code: 'P2010', meta });
}

let requests = 0;

function mask(error: unknown) {
  const requestId = `r${++requests}`;
  const lines: { level: number; err: { message: string }; requestId: string; path: string }[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) });
  const located = new GraphQLError('located', { path: ['event', 'name'], originalError: error as Error });
  return { masked: maskError(located, { logger, requestId }), lines, requestId };
}

describe('the error that a client sees', () => {
  test.each([
    ['a deadlock', rawQueryError('40P01'), 'BUSY'],
    ['a lock timeout', rawQueryError('55P03'), 'BUSY'],
    ['a statement timeout', rawQueryError('57014'), 'BUSY'],
    ['a transaction that was idle for too long', rawQueryError('25P03'), 'BUSY'],
    ['a transaction timeout', rawQueryError('25P04'), 'BUSY'],
    ['a full disk', rawQueryError('53100'), 'BUSY'],
    ['a server without memory', rawQueryError('53200'), 'BUSY'],
    ['a limit of the server', rawQueryError('53400'), 'BUSY'],
    ['too many connections', rawQueryError('53300'), 'BUSY'],
    ['a session that was ended', rawQueryError('57P01'), 'BUSY'],
    ['a server that cannot be reached', new Error('connect ECONNREFUSED 10.1.2.3:5432'), 'BUSY'],
    ['a pool that is used up', Object.assign(new Error('secret'), { code: 'P2024' }), 'BUSY'],
    ['a database that takes no writes', rawQueryError('25006'), 'READ_ONLY'],
  ])('for %s has a code and a retry time, and the log has the cause', (_what, error, code) => {
    const { masked, lines, requestId } = mask(error);
    expect(masked.extensions).toEqual({ code, retryAfterSeconds: expect.any(Number) });
    expect(masked.path).toEqual(['event', 'name']);
    expect(masked.message).not.toMatch(/secret|10\.1\.2\.3|nothing happened/);
    expect(lines).toMatchObject([{ err: { message: error.message }, requestId, path: 'event.name' }]);
  });

  test('for a bug has only the request ID, under which the log has the cause', () => {
    for (const error of [rawQueryError('23505'), new TypeError('secret')]) {
      const { masked, lines, requestId } = mask(error);
      expect(masked.message).toBe('Unexpected error.');
      expect(masked.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', requestId });
      expect(lines).toMatchObject([{ level: 50, err: { message: error.message } }]);
    }
  });

  test.each([
    [new BusyError(), { code: 'BUSY', retryAfterSeconds: 1 }],
    [new ReadOnlyError(), { code: 'READ_ONLY', retryAfterSeconds: 10 }],
    [new InvalidInputError('name', 'name must not be ECONNREFUSED'), { code: 'BAD_USER_INPUT' }],
  ])('for an error made for clients is unchanged', (error, extensions) => {
    const { masked, lines } = mask(error);
    expect(masked).toMatchObject({ message: error.message, extensions });
    expect(lines).toEqual([]);
  });
});
