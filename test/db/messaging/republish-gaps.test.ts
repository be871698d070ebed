import { expect, it } from 'vitest';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { sql } from '../../../src/platform/database/db.ts';
import type { SeatsChanged } from '../../../src/messaging/messages.ts';
import type { Watermarks } from '../../../src/messaging/publisher.ts';
import { republishAll } from '../../../src/workers/republish.ts';
import { createBuyerId, silentPublisher, startBookingProcess, unannounced } from '../../support/booking.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { createHall } from '../../support/hall.ts';

it('publishes no change that would skip versions that are no longer on record', async () => {
  await using database = await createTestDatabase();
  await using app = startBookingProcess(database.url);
  const db = app.database.worker;
  const { eventId } = await createHall(db);
  const buyerId = createBuyerId();
  for (const seat of [0, 1, 2, 3, 4, 5])
    await holdSeats(app, { buyerId, eventId, seats: [seat], idempotencyKey: null, onConflict: 'FAIL' });
  await db.$executeRaw(sql`DELETE FROM event_changes WHERE event_id = ${eventId} AND version IN (2, 3, 5)`);
  const published: SeatsChanged[] = [];
  let watermark = 1;
  const watermarks: Watermarks = {
    reachable: true,
    raise: async (_, version) => void (watermark = Math.max(watermark, version)),
    lower: async (_, __, version) => void (watermark = version),
    read: async (eventIds) => eventIds.map(() => watermark),
    readReachable: async (eventIds) => new Map(eventIds.map((eventId) => [eventId, watermark])),
  };
  const publisher = {
    ...silentPublisher,
    async publishSeatsChanged(message: SeatsChanged) {
      published.push(message);
      await watermarks.raise(eventId, message.version);
      return true;
    },
  };
  const ctx = { ...unannounced, db, publisher, watermarks };
  // After version 1, the record has 4 and 6. Both claim to continue a version that is missing.
  expect(await republishAll(ctx)).toBe(0);
  expect([published, watermark]).toEqual([[], 6]);
  expect(await republishAll(ctx)).toBe(0);
});
