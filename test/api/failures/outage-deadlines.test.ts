import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { parseBookingId, encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { recordOutage } from '../../../src/platform/service/outages.sql.ts';
import { probeWrites } from '../../../src/platform/service/service.sql.ts';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';

/*
 * What a process shows while another one has an outage. The test is the other one: it records as a process does.
 */

let client: SchemaClient;
let hall: Hall;
const buyer: Viewer = { userId: randomUUID(), role: 'BUYER' };
const reads = () => client.app.database.reads;

beforeAll(async () => {
  client = await createSchemaClient({ serviceLimits: { everyMs: 50 } });
});
beforeEach(async () => {
  hall = await createHall(reads());
});
afterAll(() => client.close());

const MINUTE_MS = 60_000;

/** Records an outage that began five minutes ago, and waits until the process has read it. */
async function record(isOver: boolean): Promise<void> {
  await reads().outage.deleteMany();
  const recorded = await client.app.database.batches.$transaction(async (tx) => {
    await probeWrites(tx);
    return recordOutage(tx, { sinceMs: 5 * MINUTE_MS, creditMsMax: 60 * MINUTE_MS, isOver });
  });
  await eventually('the process knows the outage', () => {
    const { outages, probedAtMs } = client.app.service.recordedOutages;
    return probedAtMs === recorded.probedAtMs && outages.length === 1;
  });
}

/** Makes a hold whose stored deadline passed some minutes ago, and returns its ID. */
async function hold(minutesAgo: number): Promise<string> {
  const input = { eventId: encodeEventId(hall.eventId), seatIds: [encodeSeatId(hall.eventId, 0)] };
  const { data } = await client.ask(
    'mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { ... on Booking { id } } }',
    { input },
    buyer,
  );
  const id = data.holdSeats.id as string;
  await reads().$executeRaw`UPDATE bookings SET created_at = created_at - interval '1 hour', hold_expires_at =
    clock_timestamp() - ${minutesAgo}::int * interval '1 minute' WHERE id = ${parseBookingId(id)?.bookingId}::uuid`;
  return id;
}

async function read(id: string): Promise<{ status: string; expiresAtMs: number }> {
  const { data } = await client.ask(
    'query ($id: ID!) { booking(id: $id) { status holdExpiresAt } }',
    { id },
    buyer,
  );
  const { status, holdExpiresAt } = data.booking as { status: string; holdExpiresAt: string };
  return { status, expiresAtMs: Date.parse(holdExpiresAt) };
}

it('no deadline is shown that an outage does not move it to, as early as it may end', async () => {
  const id = await hold(4);
  await record(false);
  // The outage lasts, and the last probe was three seconds ago. Nobody has ended it.
  await reads().$executeRaw`UPDATE service_state SET probed_at = probed_at - interval '3 seconds'`;
  const [{ probedAtMs }] = await reads().$queryRaw<[{ probedAtMs: number }]>`
    SELECT (extract(epoch FROM probed_at) * 1000)::float8 AS "probedAtMs" FROM service_state`;
  await eventually('the process knows', () => client.app.service.recordedOutages.probedAtMs === probedAtMs);
  const shown = await read(id);
  expect(shown).toMatchObject({ status: 'HOLD' });

  // The COMMIT of the next probe took so long.
  await reads()
    .$executeRaw`UPDATE outages SET ended_at = (SELECT probed_at FROM service_state) + interval '1 ms'`;
  await eventually(
    'the process knows the end',
    () => client.app.service.recordedOutages.outages[0]?.endedAtMs === probedAtMs + 1,
  );
  const honored = await read(id);
  expect(honored.expiresAtMs).toBeGreaterThanOrEqual(shown.expiresAtMs);
});

it('a hold that expired before its outage was recorded has not expired in the future', async () => {
  const id = await hold(4);
  // As the sweeper does, four minutes ago.
  await reads()
    .$executeRaw`UPDATE bookings SET status = 'EXPIRED', ended_at = hold_expires_at + interval '1 s'
    WHERE id = ${parseBookingId(id)?.bookingId}::uuid`;
  await record(true);
  const { status, expiresAtMs } = await read(id);
  expect(status).toBe('EXPIRED');
  expect(expiresAtMs).toBeLessThan(Date.now() - 3 * MINUTE_MS);
});
