import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { runBatch } from '../../../src/booking/batch/run-batch.ts';
import type { Command } from '../../../src/booking/rules/commands.ts';
import { connectDatabase } from '../../../src/platform/database/db.ts';
import { createBuyerId, silent } from '../../support/booking.ts';
import { createHall } from '../../support/hall.ts';
import { startExplainingPostgres } from './background-plans.fixture.ts';

/** After five executions PostgreSQL caches a generic plan. */
const EXECUTIONS = 8;
const SEATS = 1_000;
/** A multiple of what one confirmation concerns. */
const ROWS_MAX = 50;

it('a batch finds its bookings by key with plans that were made when there were few', async () => {
  await using postgres = await startExplainingPostgres();
  // One connection, so that every batch runs the same prepared statements.
  const database = connectDatabase(postgres.url, silent, { batches: 1, reads: 1, worker: 1 });
  try {
    const { eventId } = await createHall(database.worker, { rows: 10, seatsPerRow: SEATS / 10 });
    await database.worker.$executeRawUnsafe('ANALYZE');
    const run = (commands: readonly Command[]) =>
      runBatch(
        database.batches,
        { eventId, batchId: randomUUID(), commands, neighbors: new Map(), contested: [], skipLocked: false },
        { defaultHoldTtlMs: 300_000, deadlineMs: 60_000 },
      );
    const hold = (seat: number) => {
      const ids = { bookingId: randomUUID(), buyerId: createBuyerId() };
      return { kind: 'hold', ...ids, named: [seat], quantity: 1, chosen: null, key: null } as const;
    };
    const confirm = ({ bookingId, buyerId }: ReturnType<typeof hold>) =>
      ({ kind: 'confirm', bookingId, buyerId, key: null }) as const;
    const holds = Array.from({ length: SEATS }, (_, seat) => hold(seat));
    const [first, last] = [holds.slice(0, EXECUTIONS), holds.slice(EXECUTIONS)];
    for (const command of first) {
      await run([command]);
      await run([confirm(command)]);
    }
    await run(last);

    const executed = await postgres.executedBy(() => run(last.slice(0, 2).map(confirm)));
    expect(executed.map(({ name }) => name)).toContain('changeBookings');
    expect(executed.filter(({ rows }) => rows > ROWS_MAX)).toEqual([]);
  } finally {
    await database.close();
  }
});
