import { expect, it } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { readChanges } from '../../../src/seating/map/seat-map.sql.ts';
import { watchSeats } from '../../support/clients/watch-seats.ts';
import { liveFeedSuite } from './live-feed.fixture.ts';

const { app, hall, startNode } = liveFeedSuite();

/** Records versions in which seats are held and released in turn, the same seats over and over. */
async function record(eventId: number, versions: number, seats: number): Promise<void> {
  const nobody = '00000000-0000-0000-0000-000000000000';
  await app().database.reads.$executeRaw(sql`INSERT INTO event_changes
      (event_id, version, batch_id, previous_batch_id, committed_at, step_seats, step_from, step_to, step_bookings, booking_ids, booking_statuses)
    SELECT ${eventId}, v, md5('batch ' || v)::uuid, md5('batch ' || (v - 1))::uuid, now(), ARRAY[seat, seat],
      ARRAY[CASE WHEN odd THEN 'AVAILABLE' ELSE 'BLOCKED' END, 'HELD']::seat_status[],
      ARRAY['HELD', CASE WHEN odd THEN 'BLOCKED' ELSE 'AVAILABLE' END]::seat_status[],
      ARRAY[${nobody}, ${nobody}]::uuid[], '{}', '{}'
    FROM (SELECT v, (v - 1) / 2 % ${seats}::int AS seat, v % 2 = 1 AS odd
          FROM generate_series(1, ${versions}::int) AS v) AS change`);
  await app().database.reads.$executeRaw(
    sql`UPDATE events SET seat_version = ${versions}::int, batch_id = md5('batch ' || ${versions}::int)::uuid WHERE id = ${eventId}`,
  );
}

async function firstMessage(eventId: number, afterVersion: number) {
  const updates = await watchSeats(startNode(), eventId, afterVersion);
  const { value } = await updates.next();
  await updates.return?.();
  return value;
}

it('resumes over the maximum number of versions, each seat with its latest status', async () => {
  const { eventId } = await hall(10);
  await record(eventId, 60_001, 99);
  // The last version is odd, so its seat is blocked.
  const blocked = ((60_001 - 1) / 2) % 99;
  expect(await firstMessage(eventId, 1)).toEqual({
    kind: 'changes',
    fromVersion: 1,
    version: 60_001,
    seats: Array.from({ length: 99 }, (_, seat) => [seat, seat === blocked ? 3 : 0]),
  });
  expect(await firstMessage(eventId, 60_000)).toMatchObject({ seats: [[blocked, 3]] });
});

it('sends a snapshot over more versions, or over more seats', async () => {
  const one = await hall(10);
  await record(one.eventId, 60_001, 100);
  expect(await firstMessage(one.eventId, 0)).toMatchObject({ kind: 'snapshot', version: 60_001 });

  const other = await hall(300);
  await record(other.eventId, 4_002, 2_001);
  expect(await firstMessage(other.eventId, 0)).toMatchObject({ kind: 'snapshot', version: 4_002 });
  expect(await firstMessage(other.eventId, 2)).toMatchObject({ kind: 'changes', fromVersion: 2 });
});

it('sends a snapshot over more steps', async () => {
  const { eventId } = await hall(10);
  await record(eventId, 50, 10);
  const enlarge = (steps: number) =>
    app().database.reads
      .$executeRaw(sql`UPDATE event_changes SET step_seats = array_fill(0, ARRAY[${steps}::int]),
      step_to = array_fill('AVAILABLE'::seat_status, ARRAY[${steps}::int]) WHERE event_id = ${eventId} AND version = 20`);
  // The other 49 versions have two each.
  await enlarge(120_000 - 98);
  expect(await firstMessage(eventId, 0)).toMatchObject({ kind: 'changes', fromVersion: 0 });
  await enlarge(120_001 - 98);
  expect(await firstMessage(eventId, 0)).toMatchObject({ kind: 'snapshot', version: 50 });
  expect(await firstMessage(eventId, 1)).toMatchObject({ kind: 'changes', fromVersion: 1 });
});

it('lists changes for a gap only if they have few steps', async () => {
  const { eventId } = await hall(10);
  await record(eventId, 50, 10);
  const { reads } = app().database;
  const versions = async (limit: number, stepsMax?: number) =>
    (await readChanges(reads, eventId, 10, limit, stepsMax)).map(({ version }) => version);
  const all = Array.from({ length: 40 }, (_, i) => 11 + i);
  expect(await versions(100)).toEqual(all);
  expect(await versions(100, 80)).toEqual(all);
  expect(await versions(100, 79)).toEqual([]);
  expect(await versions(5, 10)).toEqual(all.slice(0, 5));
});

it('sends a snapshot if a version in between is not recorded', async () => {
  const { eventId } = await hall(10);
  await record(eventId, 50, 10);
  await app().database.reads.$executeRaw(
    sql`DELETE FROM event_changes WHERE event_id = ${eventId} AND version = 20`,
  );
  expect(await firstMessage(eventId, 10)).toMatchObject({ kind: 'snapshot', version: 50 });
  expect(await firstMessage(eventId, 20)).toMatchObject({ kind: 'changes', fromVersion: 20 });
});
