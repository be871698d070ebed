import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addPartition } from '../../../scripts/partitions/add-partition.ts';
import { partitionedTables } from '../../../scripts/partitions/tables.ts';
import { ROOT } from '../../../scripts/local/command.ts';
import { findHolds } from '../../../src/booking/operations/find-holds.sql.ts';
import { isKeyUsed } from '../../../src/booking/operations/find-used-key.sql.ts';
import { pruneHistory } from '../../../src/booking/operations/prune-history.ts';
import { expireHolds } from '../../../src/booking/expiry/hold-sweeper.ts';
import { prepareInspection, readBooking } from '../../../src/booking/inspect/booking-history.sql.ts';
import { pruneGuests } from '../../../src/identity/prune-guests.ts';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { encodeEventId, encodeSeatId, parseBookingId } from '../../../src/platform/ids.ts';
import { isRecorded, readMergedChanges, readVersions } from '../../../src/seating/map/seat-map.sql.ts';
import { republishRecent } from '../../../src/workers/republish.ts';
import { assertInvariants, makeHoldOverdue, unannounced } from '../../support/booking.ts';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { createBuyerId } from '../../api/mutations/tiered-hall.fixture.ts';
import { findPartition } from './partitions.fixture.ts';
import { startExplainingPostgres, type Executed } from '../database/background-plans.fixture.ts';

/** After five executions PostgreSQL may use a generic plan, which prunes only at run time. */
const EXECUTIONS = 7;
const SEATS_PER_ROW = 12;
/** The rows before it are for the best available seats. */
const FIRST_ROW = 10;

/** Some of the statements that the tests must have seen. */
const sellingAndReading = [
  'readPlan',
  'lockSeats',
  'readLocked',
  'changeBookings',
  'writeSeats',
  'readSeatMaps',
  'readSeatPages',
  'readBookingPages',
  'countBookings',
  'readSeatsOfBookings',
  'readMergedChanges',
  'isRecorded',
  'isKeyUsed',
  'findHolds',
];

/** Statements of batches that name the leaf of their event. */
const inBatches = ['lockBuyers', 'lockSeats', 'readLocked', 'changeBookings', 'writeSeats', 'raiseVersion'];

let postgres: Awaited<ReturnType<typeof startExplainingPostgres>>;
let client: SchemaClient;
/** In the middle one of three partitions. */
let hall: Hall;

beforeAll(async () => {
  postgres = await startExplainingPostgres();
  client = await createSchemaClient({}, { url: postgres.url, drop: () => Promise.resolve() });
  const { reads } = client.app.database;
  await createHall(reads);
  await addPartition(postgres.url);
  hall = await createHall(reads, {
    rows: FIRST_ROW + EXECUTIONS,
    seatsPerRow: SEATS_PER_ROW,
    seatLimit: 100,
  });
  const rules = { holdExtensionMs: 60_000, holdLifetimeMaxMs: 3_600_000, buyersMayCancel: true };
  await reads.event.update({ where: { id: hall.eventId }, data: rules });
  await addPartition(postgres.url);
  await createHall(reads);
});
afterAll(async () => {
  await client.close();
  await postgres[Symbol.asyncDispose]();
});

/* oxlint-disable-next-line typescript/no-explicit-any -- Answers have the form that each call asks for. */
async function ask(query: string, variables: object, viewer: Viewer | null = null): Promise<any> {
  const { data, errors } = await client.ask(query, variables, viewer);
  expect(errors).toEqual([]);
  return data;
}

/** Calls a mutation, and returns the ID of the object that it returns. */
async function mutate(field: string, input: object, viewer: Viewer): Promise<string> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { result: ${field}(input: $input) { __typename ... on Node { id } } }`;
  const { result } = await ask(query, { input }, viewer);
  expect(result).toMatchObject({ id: expect.any(String) });
  return result.id as string;
}

/** Does once what buyers and the organizer do with the seats of a row. */
async function sell(row: number): Promise<void> {
  const eventId = encodeEventId(hall.eventId);
  const buyer = createBuyerId();
  const organizer: Viewer = { userId: hall.organizerId, role: 'ORGANIZER' };
  const seat = (column: number) => encodeSeatId(hall.eventId, row * SEATS_PER_ROW + column);
  const hold = (...columns: number[]) =>
    mutate(
      'holdSeats',
      { eventId, seatIds: columns.map(seat), idempotencyKey: `${row}-${columns.join('-')}` },
      buyer,
    );

  const changed = await hold(0, 1);
  await mutate('extendHold', { bookingId: changed }, buyer);
  await mutate('changeSeats', { bookingId: changed, seatIds: [seat(1), seat(2)] }, buyer);
  await mutate('confirmBooking', { bookingId: changed, idempotencyKey: `${row}` }, buyer);
  await mutate('cancelBooking', { bookingId: changed }, buyer);
  await mutate('releaseBooking', { bookingId: await hold(3) }, buyer);
  await mutate('holdBestAvailable', { eventId, quantity: 2 }, buyer);
  await mutate('blockSeats', { eventId, seatIds: [seat(11)] }, organizer);
  await mutate('unblockSeats', { eventId, seatIds: [seat(11)] }, organizer);
  const overdue = parseBookingId(await hold(4));
  await makeHoldOverdue(client.app.database.reads, overdue?.bookingId ?? '');
  await hold(4, 5);
}

/** Reads once what pages of an event and its bookings show. */
async function look(): Promise<void> {
  const { eventId, organizerId } = hall;
  const id = encodeEventId(eventId);
  const buyer = createBuyerId();
  const organizer: Viewer = { userId: organizerId, role: 'ORGANIZER' };
  const booking = await mutate('holdBestAvailable', { eventId: id, quantity: 1 }, buyer);
  await ask(
    `query ($id: ID!) { event(id: $id) { name availability { available } seatMap { version states }
      seats(first: 3, status: AVAILABLE) { totalCount edges { node { id label status priceTier { name } } } } } }`,
    { id },
  );
  for (const status of ['HOLD', 'CONFIRMED', 'EXPIRED', 'RELEASED', 'CANCELED', null])
    await ask(
      `query ($id: ID!, $status: BookingStatus) { event(id: $id) { bookings(first: 2, status: $status) {
        totalCount pageInfo { hasNextPage } edges { node { status seats { label } } } } } }`,
      { id, status },
      organizer,
    );
  await ask(
    'query ($id: ID!) { booking(id: $id) { status seats { label } } node(id: $id) { id } }',
    { id: booking },
    buyer,
  );
  for (const afterVersion of [null, 3])
    for await (const { errors } of client.follow(
      'subscription ($id: ID!, $n: Int) { seatUpdates(eventId: $id, afterVersion: $n) { __typename } }',
      { id, n: afterVersion },
    )) {
      expect(errors).toEqual([]);
      break;
    }
  for await (const { errors } of client.follow(
    'subscription ($id: ID!) { bookingUpdates(bookingId: $id) { status } }',
    { id: booking },
    buyer,
  )) {
    expect(errors).toEqual([]);
    break;
  }
  const { reads } = client.app.database;
  const version = (await readVersions(reads, [eventId])).get(eventId);
  if (version === undefined) throw new Error('there is no such event');
  await isRecorded(reads, eventId, version);
  await readMergedChanges(reads, eventId, 2, version.version, { steps: 1_000, seats: 1_000 });
  await isKeyUsed(reads, eventId, buyer.userId, { operation: 'holdSeats', keyHash: '00' });
  await findHolds(reads, { eventId, buyerId: null, heldBefore: null, section: null }, 10);
}

/** Runs what goes through all events. */
async function goThroughEvents(): Promise<void> {
  const { worker, reads } = client.app.database;
  const buyer = createBuyerId();
  const hold = parseBookingId(
    await mutate('holdBestAvailable', { eventId: encodeEventId(hall.eventId), quantity: 1 }, buyer),
  );
  await ask('{ viewer { bookings(first: 2) { totalCount edges { node { status } } } } }', {}, buyer);
  await reads.$transaction(async (tx) => {
    await prepareInspection(tx);
    await readBooking(tx, hold?.bookingId ?? '', null);
  });
  await makeHoldOverdue(worker, hold?.bookingId ?? '');
  await expireHolds({ ...unannounced, db: client.app.database.batches, defaultHoldTtlMs: 300_000 });
  const watermarks = { read: async () => new Map(), raise: async () => undefined };
  await republishRecent({ ...unannounced, db: worker, watermarks: watermarks as never });
  await pruneHistory(worker, 30);
  await pruneGuests(worker);
  await assertInvariants(reads);
}

/** Returns the numbers of the partitions that tables belong to. */
function findPartitions({ tables }: Pick<Executed, 'tables'>): number[] {
  const numbers = tables.flatMap((table) => {
    const [, name = '', number = ''] = /^(.+)_p(\d+)$/.exec(table) ?? [];
    return (partitionedTables as readonly string[]).includes(name) ? [Number(number)] : [];
  });
  return [...new Set(numbers)];
}

async function findOwnPartition(): Promise<number> {
  const session = new pg.Client({ connectionString: postgres.url });
  await session.connect();
  const number = await findPartition(session, hall.eventId);
  await session.end();
  return number;
}

/** Returns the name under which docs/schema.md lists a statement. Those of Prisma have no name. */
function getListedName({ name }: Executed): string {
  return /^SELECT (?:"t0"."event_id" AS "eventId", "t0"."id", "t0"."buyer_|COUNT)/.test(name)
    ? 'viewer.bookings'
    : name;
}

/** Returns the names of the statements that docs/schema.md lists as reading all partitions. */
function readListedNames(): string[] {
  const page = readFileSync(path.join(ROOT, 'docs/schema.md'), 'utf8');
  const [, table = ''] =
    /<!-- statements of all partitions -->([^]*?)\n\n(?!\|)/.exec(page.replace(/-->\n\n/, '-->\n')) ?? [];
  return [...table.matchAll(/`([\w:. ]+)`/g)].map(([, name = '']) => name);
}

it('every statement about an event and its bookings reads one partition', async () => {
  const executed = await postgres.executedBy(async () => {
    for (let row = 0; row < EXECUTIONS; row++) {
      await sell(FIRST_ROW + row);
      await look();
    }
  });
  const ofProduct = executed.filter(({ name }) => !name.startsWith('UPDATE bookings SET created_at'));
  const own = await findOwnPartition();
  const elsewhere = ofProduct.filter((statement) =>
    findPartitions(statement).some((number) => number !== own),
  );
  expect([...new Set(elsewhere.map(({ name }) => name))]).toEqual([]);
  const partitioned = ofProduct.filter((statement) => findPartitions(statement).length > 0);
  expect(partitioned.map(({ name }) => name)).toEqual(expect.arrayContaining(sellingAndReading));
  // After its first statement, a batch names the leaves, so that not even the plans have others.
  const wide = ofProduct.filter(
    ({ name, planned }) => inBatches.includes(name) && findPartitions({ tables: planned }).length !== 1,
  );
  expect(wide.map(({ name }) => name)).toEqual([]);
});

it('the documentation lists every statement that reads several partitions', async () => {
  const executed = await postgres.executedBy(goThroughEvents);
  const ofProduct = executed.filter(({ name }) => !name.startsWith('UPDATE bookings SET created_at'));
  const several = ofProduct.filter((statement) => findPartitions(statement).length > 1);
  const names = [...new Set(several.map(getListedName))];
  expect(names.length).toBeGreaterThan(0);
  const listed = readListedNames();
  expect(names.filter((name) => !listed.includes(name))).toEqual([]);
});
