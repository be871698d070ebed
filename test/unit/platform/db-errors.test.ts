import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { describe, expect, it } from 'vitest';
import { classifyDbError, getSqlState } from '../../../src/platform/database/db-errors.ts';

const withCode = (code: string, message: string) => Object.assign(new Error(message), { code });

/** As Prisma reports an error of the driver. */
const wrapped = (originalCode: string, originalMessage: string) =>
  Object.assign(new Error('Raw query failed'), {
    code: 'P2010',
    meta: { driverAdapterError: { cause: { originalCode, originalMessage, kind: 'postgres' } } },
  });

/** As Prisma's adapter reports it. Prisma does not wrap it if its own COMMIT fails. */
const adapted = (code: string, message: string, severity = 'ERROR') =>
  new DriverAdapterError({
    kind: 'postgres',
    code,
    severity,
    message,
    detail: undefined,
    column: undefined,
    hint: undefined,
    originalCode: code,
    originalMessage: message,
  });

describe.each([
  ['as the driver reports it', withCode],
  ['as Prisma reports it', wrapped],
  ["as Prisma's adapter reports it", adapted],
])('08P01, which poolers send for most errors, %s', (_name, create) => {
  it.each([
    'unsupported startup parameter: options',
    'unsupported startup parameter: statement_timeout',
    'no such database: sellout',
    'no such user',
    'invalid message format',
  ])('is a wrong configuration: %s', (message) => {
    expect(classifyDbError(create('08P01', message))).toBe('permanent');
  });

  it.each([
    'server login has been failing, try again later (server_login_retry)',
    'pgbouncer cannot connect to server',
    'query_wait_timeout',
    'client_login_timeout (server down)',
    'no more connections allowed (max_client_conn)',
    'server conn crashed?',
    'server connection closed',
    'database "sellout" is disabled',
    'the database system is shutting down',
  ])('is an outage: %s', (message) => {
    expect(classifyDbError(create('08P01', message))).toBe('connection');
  });
});

it.each([
  ['EPIPE', 'write EPIPE'],
  ['ECONNRESET', 'read ECONNRESET'],
  ['EHOSTUNREACH', 'connect EHOSTUNREACH 10.1.2.3:5432'],
  ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN primary.example'],
])('takes %s for a lost connection, not for a SQLSTATE', (code, message) => {
  const error = withCode(code, message);
  expect(classifyDbError(error)).toBe('connection');
  expect(getSqlState(error)).toBeUndefined();
});

it.each([
  ['40001', 'transient'],
  ['53100', 'exhausted'],
  ['57P01', 'connection'],
  ['25006', 'readOnly'],
  ['23505', 'permanent'],
])('classifies %s of a COMMIT that failed as %s', (code, kind) => {
  expect(classifyDbError(adapted(code, 'refused'))).toBe(kind);
});

it('takes a server that ends, because it cannot write its log, for a lost connection', () => {
  const message = 'could not write to file "pg_wal/xlogtemp.1": No space left on device';
  expect(classifyDbError(adapted('53100', message, 'PANIC'))).toBe('connection');
});
