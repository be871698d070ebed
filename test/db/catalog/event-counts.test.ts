import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { EventCounts } from '../../../src/graphql/reads/event-counts.ts';
import type { EventFilter } from '../../../src/graphql/reads/event-pages.sql.ts';
import { connectDatabase, type Database } from '../../../src/platform/database/db.ts';
import { silent } from '../../support/booking.ts';
import { createEventIn, createHall, type Hall } from '../../support/hall.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';

const SHARED_FOR_MS = 1_000;

let scratch: TestDatabase;
let database: Database;
let hall: Hall;

beforeAll(async () => {
  scratch = await createTestDatabase();
  database = connectDatabase(scratch.url, silent);
  hall = await createHall(database.reads);
});
afterAll(async () => {
  await database.close();
  await scratch.drop();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  // The cache takes the time 0 for "never".
  vi.advanceTimersByTime(1);
});
afterEach(() => void vi.useRealTimers());

const filter = (only: Partial<EventFilter> = {}): EventFilter => ({
  organizerId: null,
  viewerId: null,
  status: null,
  search: null,
  startsFrom: null,
  startsBefore: null,
  nowMs: Date.now(),
  defaultHoldTtlMs: 300_000,
  ...only,
});
const addEvent = () => createEventIn(database.reads, hall.venueId, hall.seatCount, hall.organizerId);

test('callers of the same second share the count of a list', async () => {
  const counts = new EventCounts();
  const count = (only?: Partial<EventFilter>) => counts.count(database.reads, filter(only));
  const before = await count();
  await addEvent();
  expect(await count()).toBe(before);
  expect(await count({ status: 'ON_SALE' })).toBe(before + 1);
  expect(await count({ startsBefore: new Date(0) })).toBe(0);
  vi.advanceTimersByTime(SHARED_FOR_MS + 1);
  expect(await count()).toBe(before + 1);
});

test('organizers get a new count each time, also in the lists that everybody sees', async () => {
  const counts = new EventCounts();
  const { organizerId } = hall;
  const own = () => counts.count(database.reads, filter({ organizerId, viewerId: organizerId }));
  const all = () => counts.count(database.reads, filter({ viewerId: organizerId }));
  const before = [await own(), await all()] as const;
  await addEvent();
  expect([await own(), await all()]).toEqual([before[0] + 1, before[1] + 1]);
  expect(await counts.count(database.reads, filter({ viewerId: randomUUID() }))).toBe(before[1] + 1);
});

test('a count that failed is not shared with later callers', async () => {
  const counts = new EventCounts();
  const missing = new URL(scratch.url);
  missing.pathname = '/no_such_database';
  const broken = connectDatabase(missing.href, silent);
  await expect(counts.count(broken.reads, filter())).rejects.toThrow('no_such_database');
  expect(await counts.count(database.reads, filter())).toBeGreaterThan(0);
  await broken.close();
});
