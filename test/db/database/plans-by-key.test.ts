import { expect, it } from 'vitest';
import { runBatch } from '../../../src/booking/batch/run-batch.ts';
import { readOverdueHolds } from '../../../src/booking/expiry/overdue-holds.sql.ts';
import { sql, type PrismaClient, type Tx } from '../../../src/platform/database/db.ts';
import { createBuyerId } from '../../support/booking.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';

const { app, hall, hold } = bookingSuite();

type Statement = ReturnType<typeof sql>;

/** Explains each statement in the same session before it runs. */
function explaining(db: PrismaClient, plans: Map<string, string>): PrismaClient {
  async function explain(tx: Tx, statement: Statement): Promise<void> {
    const name = /^\/\* (\w+)/.exec(statement.sql)?.[1] ?? '';
    const [first, ...rest] = statement.strings;
    const strings = Object.assign([`EXPLAIN ${first}`, ...rest], { raw: [] });
    const explained = sql(strings, ...(statement.values as never[]));
    const rows = await tx.$queryRaw<Record<string, string>[]>(explained);
    plans.set(name, rows.map((row) => row['QUERY PLAN']).join('\n'));
  }
  const around = (tx: Tx) =>
    new Proxy(tx, {
      get(target, property: '$queryRaw' | '$executeRaw') {
        return async (statement: Statement) => {
          await explain(target, statement);
          return target[property](statement);
        };
      },
    });
  const $transaction = (work: (tx: Tx) => Promise<unknown>) => db.$transaction((tx) => work(around(tx)));
  return { $transaction } as unknown as PrismaClient;
}

it('a batch writes its rows by key even if the tables were never analyzed', async () => {
  const { database } = app();
  for (const table of ['events', 'event_seats', 'bookings', 'booking_seats'])
    await database.worker.$executeRawUnsafe(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
  const at = await hall({ rows: 40, seatsPerRow: 50 });
  await Promise.all(Array.from({ length: 2_000 }, (_, seat) => hold(at, createBuyerId(), [seat])));
  await database.reads.$executeRaw(sql`UPDATE bookings SET created_at = created_at - interval '1 hour',
    hold_expires_at = clock_timestamp() - interval '1 millisecond' WHERE event_id = ${at.eventId}`);
  const holds = await readOverdueHolds(database.batches, at.eventId, null, 2_000);
  const plans = new Map<string, string>();
  const input = {
    eventId: at.eventId,
    batchId: crypto.randomUUID(),
    commands: holds.map(({ id }) => ({ kind: 'expire' as const, bookingId: id })),
    neighbors: new Map(),
    contested: [],
    skipLocked: true,
  };
  const settings = { defaultHoldTtlMs: 300_000, deadlineMs: 60_000 };
  const result = await runBatch(explaining(database.batches, plans), input, settings);
  expect(result.changes.changedBookings).toHaveLength(2_000);
  expect(plans.get('changeBookings')).toMatch(
    /using (bookings_pkey|bookings_event_id_id_status_key) on bookings/,
  );
  expect(plans.get('writeSeats')).toContain('using event_seats_pkey on event_seats');
  expect(plans.get('raiseVersion')).toContain('using events_pkey on events');
});
