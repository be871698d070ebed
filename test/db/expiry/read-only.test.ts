import { afterAll, beforeAll, expect, it } from 'vitest';
import { HoldSweeper } from '../../../src/booking/expiry/hold-sweeper.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { ReadOnlyError } from '../../../src/platform/errors.ts';
import { WriteSignals } from '../../../src/platform/service/write-signals.ts';
import type { Writes } from '../../../src/platform/service/service-monitor.ts';
import {
  createBuyerId,
  makeHoldOverdue,
  silent,
  startBookingProcess,
  unannounced,
  type BookingProcess,
} from '../../support/booking.ts';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { createTasks, type WorkerContext } from '../../../src/workers/tasks.ts';
import { createHall } from '../../support/hall.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';

let database: TestDatabase;
let app: BookingProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  app = startBookingProcess(database.url);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await database.drop();
});

it('no hold is swept while writes are off', async () => {
  const { eventId } = await createHall(app.database.reads);
  const hold = {
    buyerId: createBuyerId(),
    eventId,
    seats: [0],
    idempotencyKey: null,
    onConflict: 'FAIL',
  } as const;
  await makeHoldOverdue(app.database.reads, (await holdSeats(app, hold)).id);
  let areOn = false;
  const signals = new WriteSignals(() => performance.now(), 1_500);
  const writes: Writes = {
    get areOn() {
      return areOn;
    },
    refusal: () => new ReadOnlyError(),
    watchBatch: () => signals.watchBatch(),
    commandSubmitted: () => undefined,
    commandSettled: () => undefined,
  };
  const sweeper = new HoldSweeper({
    ...unannounced,
    db: app.database.batches,
    defaultHoldTtlMs: 60_000,
    writes,
  });
  await sweeper.scan();
  await sweeper.idle();
  expect(sweeper.expired).toBe(0);
  areOn = true;
  await sweeper.scan();
  await sweeper.idle();
  expect(sweeper.expired).toBe(1);
});

it('a sweeper that stops finishes the turns in flight, and takes no further ones', async () => {
  // Six events are swept at the same time.
  const halls = await Promise.all(Array.from({ length: 8 }, () => createHall(app.database.reads)));
  const hold = { buyerId: createBuyerId(), seats: [0], idempotencyKey: null, onConflict: 'FAIL' } as const;
  for (const { eventId } of halls)
    await makeHoldOverdue(app.database.reads, (await holdSeats(app, { ...hold, eventId })).id);
  const ctx = { ...unannounced, db: app.database.batches, defaultHoldTtlMs: 60_000 };
  const sweeper = new HoldSweeper(ctx);
  await sweeper.scan();
  await sweeper.stop();
  expect(sweeper.expired).toBe(6);
  const next = new HoldSweeper(ctx);
  await next.scan();
  await next.idle();
  expect(next.expired).toBe(2);
});

it('the worker does nothing else that writes meanwhile', async () => {
  // Without services: a task that ran would fail.
  const tasks = createTasks({ writes: { areOn: false } } as unknown as WorkerContext);
  const paused = ['decideHoldRequests', 'runRooms', 'pruneHistory', 'pruneGuests', 'pruneRevocations'];
  const running = tasks.filter(({ name }) => paused.includes(name));
  expect(running).toHaveLength(paused.length);
  for (const task of running) expect(await task.run(new AbortController().signal)).toBe(false);
});

it('the audit of the worker does not report the holds that nobody sweeps meanwhile', async () => {
  const { eventId } = await createHall(app.database.reads);
  const hold = { buyerId: createBuyerId(), eventId, idempotencyKey: null, onConflict: 'FAIL' } as const;
  const { id } = await holdSeats(app, { ...hold, seats: [0] });
  await makeHoldOverdue(app.database.reads, id);
  await app.database.reads.$executeRaw(sql`UPDATE bookings
    SET hold_expires_at = hold_expires_at - interval '1 minute' WHERE id = ${id}::uuid`);
  const countOverdue = async (areOn: boolean) => {
    const ctx = {
      db: app.database.worker,
      watermarks: null,
      writes: { areOn },
      historyDays: 30,
      logger: silent,
    };
    const tasks = createTasks(ctx as unknown as WorkerContext);
    await tasks.find(({ name }) => name === 'audit')?.run(new AbortController().signal);
    const { values } = await metrics.invariantBreaches.get();
    return values.find(({ labels }) => labels['invariant'] === 'I3')?.value;
  };
  expect(await countOverdue(true)).toBe(1);
  expect(await countOverdue(false)).toBeUndefined();
});
