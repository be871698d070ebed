import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { connectDatabase, sql, type Database, type Tx } from '../../../src/platform/database/db.ts';
import { sendTogether } from '../../../src/platform/database/driver/pipeline.ts';
import { silent } from '../../support/booking.ts';
import { createTestDatabase } from '../../support/services/database.ts';

let database: Database;
let other: pg.Client;

beforeAll(async () => {
  const { url } = await createTestDatabase();
  database = connectDatabase(url, silent);
  other = new pg.Client({ connectionString: url });
  await other.connect();
  await other.query('CREATE TABLE sent (place serial, name text UNIQUE)');
});
afterAll(async () => {
  await other.end();
  await database.close();
});
beforeEach(() => other.query('TRUNCATE sent RESTART IDENTITY'));

const execute = (tx: Tx, name: string) => tx.$executeRaw(sql`INSERT INTO sent (name) VALUES (${name})`);
const query = (tx: Tx, name: string) =>
  tx.$queryRaw<{ place: number }[]>(sql`INSERT INTO sent (name) VALUES (${name}) RETURNING place`);

async function readSent(): Promise<string[]> {
  const { rows } = await other.query<{ name: string }>('SELECT name FROM sent ORDER BY place');
  return rows.map(({ name }) => name);
}

it('sends statements of any kind in the order in which they are given', async () => {
  const names = Array.from({ length: 20 }, (_, i) => String(i));
  await database.batches.$transaction(async (tx) => {
    for (let first = 0; first < names.length; first += 4) {
      const [a = '', b = '', c = '', d = ''] = names.slice(first, first + 4);
      // The first has a result to parse, the second runs nothing, and the others differ in what Prisma does with them.
      const results = await sendTogether(
        () => query(tx, a),
        () => Promise.resolve('nothing sent'),
        () => execute(tx, b),
        () => query(tx, c),
        () => tx.$executeRaw(sql`INSERT INTO sent (name) SELECT * FROM unnest(${[d]}::text[])`),
      );
      expect(results).toEqual([[{ place: first + 1 }], 'nothing sent', 1, [{ place: first + 3 }], 1]);
    }
  });
  expect(await readSent()).toEqual(names);
});

it('does not wait for a result before it sends the next statement', async () => {
  await other.query('BEGIN; LOCK TABLE sent');
  const isSecondSent = Promise.withResolvers<void>();
  const transaction = database.batches.$transaction((tx) =>
    sendTogether(
      () => execute(tx, 'waits'),
      () => {
        isSecondSent.resolve();
        return execute(tx, 'follows');
      },
    ),
  );
  await isSecondSent.promise;
  await other.query('COMMIT');
  await transaction;
  expect(await readSent()).toEqual(['waits', 'follows']);
});

it('fails with the first error, and the transaction changes nothing', async () => {
  const transaction = database.batches.$transaction((tx) =>
    sendTogether(
      () => execute(tx, 'twice'),
      () => execute(tx, 'twice'),
      () => execute(tx, 'behind'),
    ),
  );
  await expect(transaction).rejects.toMatchObject({
    meta: { driverAdapterError: { cause: { originalCode: '23505' } } },
  });
  expect(await readSent()).toEqual([]);
  expect(await database.batches.$transaction((tx) => execute(tx, 'later'))).toBe(1);
});

it('begins a transaction with its first statement, which fails if BEGIN does', async () => {
  const [session] = await database.batches.$queryRaw<[{ pid: number }]>(sql`SELECT pg_backend_pid() AS pid`);
  const transaction = database.batches.$transaction(async (tx) => {
    await other.query('SELECT pg_terminate_backend($1)', [session.pid]);
    return execute(tx, 'lost');
  });
  await expect(transaction).rejects.toThrow();
  expect(await readSent()).toEqual([]);
  expect(await database.batches.$transaction((tx) => execute(tx, 'later'))).toBe(1);
});
