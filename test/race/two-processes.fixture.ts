import { afterAll, beforeAll } from 'vitest';
import { assertInvariants, startBookingProcess, type BookingProcess } from '../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';

/**
 * Starts the pools and queues of two processes on one database, before the tests of a file. Their batches meet only in
 * PostgreSQL. After the tests, the invariants must hold.
 */
export function startTwoProcesses(): readonly [BookingProcess, BookingProcess] {
  // Filled before the first test.
  const processes = [] as unknown as [BookingProcess, BookingProcess];
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    for (const i of [0, 1] as const) processes[i] = startBookingProcess(database.url);
  });
  afterAll(async () => {
    await assertInvariants(processes[0].database.reads);
    for (const process of processes) await process[Symbol.asyncDispose]();
    await database.drop();
  });
  return processes;
}
