import fc from 'fast-check';
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { GraphQLError } from 'graphql';
import { describe, expect, it, test } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';

/** Returns the lines that a logger at level trace writes during `work`. */
function logLines(work: (logger: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  work(createLogger('trace', { write: (line: string) => void lines.push(line) }));
  return lines;
}

function logLine(fields: object): Record<string, never> {
  const [line = ''] = logLines((logger) => logger.error(fields, 'it failed'));
  return JSON.parse(line) as Record<string, never>;
}

const SECRET = 'k3yThatNobodyMaySee';
const JWT = `eyJhbGciOiJIUzI1NiJ9.${'c2VjcmV0'.repeat(4)}.${SECRET}`;
const PROCESS_ID = 987_654_321_987;
const LINE_LENGTH_MAX = 40_000;

/** Like the class of pg that has the cancel key and the password. */
class Client extends EventEmitter {
  readonly processID = PROCESS_ID;
  readonly secretKey = SECRET;
  readonly password = SECRET;
  readonly connection = { stream: new Socket(), secret: SECRET };
  readonly itself = this;
}

describe('an error', () => {
  it('is logged with its message, code, stack and causes', () => {
    const cause = Object.assign(new TypeError('deeper'), { code: 'ECONNREFUSED', port: 5432 });
    const { err } = logLine({ err: new Error('it broke', { cause }) });
    expect(err).toMatchObject({
      type: 'Error',
      message: 'it broke',
      stack: expect.stringMatching(/^Error: it broke\n {4}at /) as string,
      cause: { type: 'TypeError', message: 'deeper', code: 'ECONNREFUSED', port: 5432 },
    });
  });

  it('of PostgreSQL keeps the name of the object and omits the row', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'bookings_pkey',
      detail: `Key (token)=(${SECRET}) already exists.`,
      where: SECRET,
    });
    const { err } = logLine({ err: error });
    expect(err).toMatchObject({ code: '23505', constraint: 'bookings_pkey' });
    expect(JSON.stringify(err)).not.toContain(SECRET);
  });

  it('of Prisma keeps the error of the driver', () => {
    const driverAdapterError = Object.assign(new Error('DriverAdapterError'), {
      cause: {
        originalCode: '40P01',
        originalMessage: 'deadlock detected',
        kind: 'postgres',
        client: SECRET,
      },
    });
    const { err } = logLine({
      err: Object.assign(new Error('failed'), { code: 'P2010', meta: { driverAdapterError } }),
    });
    expect(err).toMatchObject({
      code: 'P2010',
      cause: { cause: { originalCode: '40P01', originalMessage: 'deadlock detected' } },
    });
    expect(JSON.stringify(err)).not.toContain(SECRET);
  });

  it('of Redis keeps the name of its command and omits the arguments', () => {
    const error = Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: [SECRET] } });
    const { err } = logLine({ err: error });
    expect(err).toMatchObject({ command: 'auth' });
    expect(JSON.stringify(err)).not.toContain(SECRET);
  });

  it('of GraphQL keeps its path and the original error and omits the document', () => {
    const originalError = new Error('below');
    const error = new GraphQLError('above', { path: ['nodes', 3, 'name'], originalError });
    Object.assign(error, { source: { body: SECRET } });
    const { err } = logLine({ err: error });
    expect(err).toMatchObject({ path: 'nodes.3.name', cause: { message: 'below' } });
    expect(JSON.stringify(err)).not.toContain(SECRET);
  });

  it('with a client, sockets or a whole tree of causes stays small', () => {
    let error: Error = new Error('at the bottom');
    for (let i = 0; i < 1_000; i++)
      error = Object.assign(new Error(`level ${i}`, { cause: error }), { client: new Client() });
    const [line = ''] = logLines((logger) =>
      logger.error({ err: new AggregateError(Array(500).fill(error)), client: new Client() }),
    );
    expect(line.length).toBeLessThan(LINE_LENGTH_MAX);
    expect(line).not.toContain(SECRET);
    expect(line).not.toContain(String(PROCESS_ID));
    expect(JSON.parse(line)).toMatchObject({ client: '[Client]' });
  });

  it('among many others with long texts results in one line of bounded length', () => {
    const many = (depth: number): unknown[] =>
      Array.from({ length: 30 }, () =>
        depth === 0
          ? Object.assign(new Error('x'.repeat(2_000)), { code: 'y'.repeat(2_000) })
          : many(depth - 1),
      );
    const strings = Array.from({ length: 30 }, () => Array.from({ length: 30 }, () => 'z'.repeat(2_000)));
    for (const fields of [{ err: new AggregateError(many(0)) }, { many: many(2) }, { strings }]) {
      const [line = ''] = logLines((logger) => logger.error(fields));
      expect(line.length).toBeLessThan(2 * LINE_LENGTH_MAX);
    }
  });

  it('of a megabyte is cut', () => {
    const [line = ''] = logLines((logger) =>
      logger.error({ err: new Error('x'.repeat(1_000_000)), text: 'y'.repeat(1_000_000) }),
    );
    expect(line.length).toBeLessThan(LINE_LENGTH_MAX);
  });
});

describe('secrets', () => {
  it.each([
    `postgresql://sellout:${SECRET}@db:5432/sellout`,
    `can't reach redis://:${SECRET}@cache:6379, tried 3 times`,
    `postgres://db/sellout?user=x&password=${SECRET}`,
    `Authorization: Bearer ${SECRET}`,
    JWT,
    `token ${JWT} is expired`,
  ])('in %s are removed anywhere in a line', (text) => {
    const child = (logger: ReturnType<typeof createLogger>) => logger.child({ bound: text });
    const lines = logLines((logger) => {
      logger.error(new Error(text));
      logger.error({ err: new Error(text) });
      logger.error({ err: new Error('outside', { cause: text }) });
      logger.error({ list: [{ deep: text }] });
      logger.error(text);
      logger.error(`${'x'.repeat(990)} ${text}`);
      logger.error({ text: `${'x'.repeat(990)} ${text}` });
      child(logger).error('bound');
    });
    expect(lines).toHaveLength(8);
    for (const line of lines) {
      expect(() => JSON.parse(line) as unknown).not.toThrow();
      for (const part of [SECRET, SECRET.slice(0, 8)]) expect(line).not.toContain(part);
    }
  });

  it.each(['authorization', 'cookie', 'password', 'token', 'secretKey', 'AUTH_SECRET', 'accessToken'])(
    'in a field named %s are redacted',
    (name) => {
      expect(logLine({ [name]: SECRET, deep: { [name]: 4711 } })).toMatchObject({
        [name]: '[redacted]',
        deep: { [name]: '[redacted]' },
      });
    },
  );

  it('are redacted alone; the rest of a URL is kept', () => {
    expect(
      logLine({ url: `postgresql://sellout:${SECRET}@db:5432/x`, other: 'redis://cache:6379' }),
    ).toMatchObject({
      url: 'postgresql://sellout:[redacted]@db:5432/x',
      other: 'redis://cache:6379',
    });
  });
});

/** Values that drivers and libraries attach to errors, with secrets outside the allowed fields. */
const hidden: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant(null).map(() => new Client()),
  fc.constant(null).map(() => new Socket()),
  fc.constant(Buffer.from(SECRET)),
  fc.constant(new Map([[SECRET, SECRET]])),
  fc.constant(() => SECRET),
  fc.constant(Symbol(SECRET)),
  fc.constant({ password: SECRET, token: SECRET }),
  fc.constant(`https://user:${SECRET}@host/`),
  fc.constant(`Bearer ${SECRET}`),
  fc.constant(JWT),
  fc.constant(
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error(SECRET);
        },
        getPrototypeOf: () => {
          throw new Error(SECRET);
        },
      },
    ),
  ),
  fc.constant(
    Object.defineProperty({}, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error(SECRET);
      },
    }),
  ),
);

const anyValue = fc.letrec<{ value: unknown; error: Error }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(
      hidden,
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.bigInt(),
      fc.date({ noInvalidDate: false }),
      fc.constant(undefined),
    ),
    tie('error'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
  error: fc
    .record({
      message: fc.string({ unit: 'binary' }),
      client: hidden,
      cause: tie('value'),
      errors: tie('value'),
      meta: tie('value'),
      command: tie('value'),
      name: tie('value'),
      stack: tie('value'),
      path: tie('value'),
      code: tie('value'),
      cyclic: fc.boolean(),
    })
    .map(({ message, cyclic, ...fields }) => {
      const error = Object.assign(new Error(message), fields);
      return cyclic ? Object.assign(error, { cause: error }) : error;
    }),
}));

test('the line of an error is short, valid JSON and free of secrets, whatever the error carries', () => {
  fc.assert(
    fc.property(anyValue.error, anyValue.value, (err, value) => {
      const lines = logLines((logger) => {
        logger.error({ err, value }, 'it failed');
        logger.error(err);
      });
      expect(lines).toHaveLength(2);
      for (const line of lines) {
        expect(() => JSON.parse(line) as unknown).not.toThrow();
        expect(line.length).toBeLessThan(LINE_LENGTH_MAX);
        expect(line).not.toContain(SECRET);
        expect(line).not.toContain(String(PROCESS_ID));
      }
    }),
    { numRuns: 300 },
  );
});
