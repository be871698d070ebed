import { describe, expect, it } from 'vitest';
import { createBuyerId } from '../../support/booking.ts';
import type { Hall } from '../../support/hall.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';

const { app, session, hall, hold, confirm } = bookingSuite();

/** Makes the INSERT of new bookings of the event fail with the SQLSTATE, or their COMMIT, as if the server raised it. */
async function failBookings({ eventId }: Hall, sqlState: string, when: 'INSERT' | 'COMMIT' = 'INSERT') {
  const trigger =
    when === 'INSERT'
      ? `TRIGGER fail_${eventId} BEFORE INSERT ON bookings`
      : `CONSTRAINT TRIGGER fail_${eventId} AFTER INSERT ON bookings DEFERRABLE INITIALLY DEFERRED`;
  await session(`CREATE FUNCTION fail_${eventId}() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'raised by a test' USING ERRCODE = '${sqlState}'; END $$;
    CREATE ${trigger} FOR EACH ROW WHEN (NEW.event_id = ${eventId}) EXECUTE FUNCTION fail_${eventId}()`);
}

function linesAbout({ eventId }: Hall) {
  const lines = app().warnings.map((line) => JSON.parse(line) as { eventId: number; level: number });
  return lines.filter((line) => line.eventId === eventId);
}

const busy = { code: 'BUSY', outcomeUnknown: false };

describe('a database server that is out of', () => {
  it.each([
    ['disk', '53100'],
    ['memory', '53200'],
    ['something that a limit is configured for', '53400'],
    ['resources', '53000'],
  ])('%s is BUSY for each command, at once, with one line in the log a batch', async (_what, sqlState) => {
    const at = await hall();
    const { buyerId, id } = await hold(at, createBuyerId(), [9]);
    await failBookings(at, sqlState);
    const results = await Promise.allSettled([0, 1, 2, 3].map((seat) => hold(at, createBuyerId(), [seat])));
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: busy });
    // The first command was a batch by itself, and none is retried.
    expect(linesAbout(at)).toMatchObject([{ level: 50 }, { level: 50 }]);
    await expect(confirm(at, buyerId, id)).resolves.toMatchObject({ status: 'CONFIRMED' });
  });
});

it('a server that is out of disk at COMMIT is BUSY, and nothing is booked', async () => {
  const at = await hall();
  await failBookings(at, '53100', 'COMMIT');
  await expect(hold(at, createBuyerId(), [0])).rejects.toMatchObject(busy);
  // It asked for the outcome before it refused.
  expect(linesAbout(at)).toMatchObject([{ level: 40, committed: false }, { level: 50 }]);
});

it("timeouts of the server become BUSY after the command's deadline, with one log line", async () => {
  await Promise.all(
    ['57014', '55P03', '25P03', '25P04', '53300'].map(async (sqlState) => {
      const at = await hall();
      await failBookings(at, sqlState);
      await expect(hold(at, createBuyerId(), [0])).rejects.toMatchObject(busy);
      expect(linesAbout(at)).toMatchObject([{ level: 40 }]);
    }),
  );
});
