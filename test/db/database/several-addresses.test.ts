import dns from 'node:dns';
import { afterEach, expect, it, vi } from 'vitest';
import { connectDatabase, sql } from '../../../src/platform/database/db.ts';
import { classifyDbError } from '../../../src/platform/database/db-errors.ts';
import { silent } from '../../support/booking.ts';

const CLOSED_PORT = 1;

afterEach(() => vi.restoreAllMocks());

it('a host name of several addresses, none of which responds, is an outage for reads, transactions and the ORM', async () => {
  const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
  const lookup = (_name: string, _options: unknown, callback: (error: null, found: unknown) => void) =>
    callback(null, addresses);
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as unknown as typeof dns.lookup);
  const database = connectDatabase(`postgresql://user:pass@primary.example:${CLOSED_PORT}/sellout`, silent);
  const { reads, batches } = database;
  const attempts = [
    reads.$queryRaw(sql`SELECT 1`),
    reads.venue.findFirst(),
    batches.$transaction((tx) => tx.$queryRaw(sql`SELECT 1`)),
  ];
  for (const { reason } of (await Promise.allSettled(attempts)) as PromiseRejectedResult[]) {
    expect(reason).toMatchObject({ code: 'ECONNREFUSED' });
    expect(classifyDbError(reason)).toBe('connection');
  }
  await database.close();
});
