import { describe, expect, it } from 'vitest';
import { inspectBooking, InspectionError } from '../../../src/booking/inspect/inspect-booking.ts';
import { prepareInspection } from '../../../src/booking/inspect/booking-history.sql.ts';
import { printInspection } from '../../../src/booking/inspect/print-inspection.ts';
import { cancelBooking } from '../../../src/booking/operations/cancel-booking.ts';
import { changeSeats } from '../../../src/booking/operations/change-seats.ts';
import { extendHold } from '../../../src/booking/operations/extend-hold.ts';
import { expireHolds } from '../../../src/booking/expiry/hold-sweeper.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { encodeBookingId, encodeBookingNumber, encodeEventId } from '../../../src/platform/ids.ts';
import { createBuyerId, unannounced } from '../../support/booking.ts';
import { runToEnd } from '../../support/processes/run-to-end.ts';
import { bookingSuite } from './booking.fixture.ts';

const { app, databaseUrl, hall, hold, confirm, release } = bookingSuite();
const db = () => app().database.reads;

describe('the inspection of a booking', () => {
  it('shows its whole life in order, by either ID', async () => {
    const at = await hall({}, { holdExtensionMs: 60_000, buyersMayCancel: true });
    const { eventId } = at;
    const buyerId = createBuyerId();
    const { id } = await hold(at, buyerId, [3, 4], { key: 'secret key' });
    await extendHold(app(), { buyerId, eventId, bookingId: id });
    await changeSeats(app(), {
      buyerId,
      eventId,
      bookingId: id,
      seats: [4, 5],
    });
    await confirm(at, buyerId, id, 'another key');
    const confirmed = await inspectBooking(db(), id);
    expect(confirmed.seats.map(({ label, claim, seat }) => [label, claim, seat])).toEqual([
      ['Block A, row 1, seat 5', 'CONFIRMED', 'BOOKED'],
      ['Block A, row 1, seat 6', 'CONFIRMED', 'BOOKED'],
    ]);
    await cancelBooking(app(), { callerId: buyerId, eventId, bookingId: id });

    const found = await inspectBooking(db(), encodeBookingId(eventId, id));
    expect(found.history.map(({ what }) => what)).toEqual([
      'held',
      'extended',
      'seats changed',
      'confirmed',
      'canceled',
    ]);
    expect(found.history.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(found.history.map(({ batchId }) => batchId)).size).toBe(5);
    expect(found.history[2]?.seats).toEqual(
      expect.arrayContaining([
        { label: 'Block A, row 1, seat 4', from: 'HELD', to: 'AVAILABLE' },
        { label: 'Block A, row 1, seat 6', from: 'AVAILABLE', to: 'HELD' },
      ]),
    );
    expect(found.booking).toMatchObject({ id: encodeBookingId(eventId, id), rawId: id, status: 'CANCELED' });
    expect(found.event).toMatchObject({ id: encodeEventId(eventId), name: 'Test Night', venue: 'Test Hall' });
    expect(found.deadline).toMatch(/confirmed [\d.]+ s before$/);
    expect(found.idempotencyKeys.map(({ operation }) => operation)).toEqual(['holdSeats', 'confirmBooking']);
    expect(found.disagreements).toEqual([]);
    const text = printInspection(found) + JSON.stringify(found);
    expect(text).not.toContain('secret key');
    expect(text).toContain('Who canceled, buyer or organizer, is not kept');
  });

  it('shows the remaining or missed deadline', async () => {
    const at = await hall({ holdTtlMs: 1 });
    const buyerId = createBuyerId();
    const { id: overdue } = await hold(at, buyerId, [0]);
    await expect
      .poll(async () => (await inspectBooking(db(), overdue)).deadline)
      .toContain('not recorded yet');
    await expireHolds({ ...unannounced, db: app().database.worker, defaultHoldTtlMs: 300_000 });
    const expired = await inspectBooking(db(), overdue);
    expect(expired.deadline).toMatch(/missed; recorded [\d.]+ s later$/);
    expect(expired.history.map(({ what }) => what)).toEqual(['held', 'expired']);
    expect(expired.disagreements).toEqual([]);

    const there = await hall();
    const { id } = await hold(there, buyerId, [0]);
    expect((await inspectBooking(db(), id)).deadline).toMatch(/Z, in [\d.]+ s$/);
    await release(there, buyerId, id);
    expect((await inspectBooking(db(), id)).deadline).toMatch(/released [\d.]+ s before$/);
  });

  it('reports seats that do not agree with the booking', async () => {
    const at = await hall();
    const { id } = await hold(at, createBuyerId(), [7]);
    const set = (status: string) =>
      db().$executeRaw(sql`UPDATE event_seats SET status = ${status}::seat_status
        WHERE event_id = ${at.eventId} AND seat_index = 7`);
    await set('BOOKED');
    expect((await inspectBooking(db(), id)).disagreements).toEqual([
      'Block A, row 1, seat 8: the seat is BOOKED',
    ]);
    await set('HELD');
    expect((await inspectBooking(db(), id)).disagreements).toEqual([]);
  });

  it('refuses what is no booking, and names it', async () => {
    await expect(inspectBooking(db(), 'x')).rejects.toThrow(InspectionError);
    await expect(inspectBooking(db(), encodeEventId(1))).rejects.toThrow('is not the ID of a booking');
    const unknown = '018f0000-0000-7000-8000-000000000000';
    await expect(inspectBooking(db(), unknown)).rejects.toThrow(`No booking has the ID ${unknown}.`);
  });

  it('finds a booking by the number that its buyer reads on the phone, and names all that have it', async () => {
    const at = await hall();
    const { id } = await hold(at, createBuyerId(), [0]);
    const number = encodeBookingNumber(at.eventId, id);
    const heard = number.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    const spoken = `${at.eventId}${heard.slice(String(at.eventId).length)}`;
    for (const text of [number, spoken])
      expect((await inspectBooking(db(), text)).booking).toMatchObject({ rawId: id, number });
    const other = `018f0000-0000-7000-8000-00${id.slice(-10)}`;
    await db().$executeRaw(sql`INSERT INTO bookings
      SELECT (jsonb_populate_record(b, jsonb_build_object('id', ${other}::text))).* FROM bookings b
      WHERE id = ${id}::uuid`);
    await expect(inspectBooking(db(), number)).rejects.toThrow(`2 bookings have the number ${number}`);
    await db().$executeRaw(sql`DELETE FROM bookings WHERE id = ${other}::uuid`);
    await expect(inspectBooking(db(), `${at.eventId}-0000-0000`)).rejects.toThrow(
      'No booking has the number',
    );
    await expect(inspectBooking(db(), number.replace(/.$/, 'U'))).rejects.toThrow('is not the ID');
  });

  it('is a command with an exit status', async () => {
    const { id } = await hold(await hall(), createBuyerId(), [0]);
    const run = (...args: string[]) =>
      runToEnd(['scripts/inspect.ts', ...args], { DATABASE_URL: databaseUrl() });
    const [text, json, unknown, wrong] = await Promise.all([
      run('booking', id),
      run('booking', id, '--json'),
      run('booking', 'x'),
      run('bookings'),
    ]);
    expect(text).toMatchObject({ code: 0, stdout: expect.stringContaining(`\n            ${id}, number `) });
    expect(JSON.parse(json.stdout)).toMatchObject({ booking: { rawId: id }, history: [{ what: 'held' }] });
    expect(unknown).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is not the ID') });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('Usage: npm run inspect') });
  });

  it('cannot write', async () => {
    const { eventId } = await hall();
    const write = db().$transaction(async (tx) => {
      await prepareInspection(tx);
      await tx.$executeRaw(sql`UPDATE events SET name = 'x' WHERE id = ${eventId}`);
    });
    await expect(write).rejects.toThrow('read-only transaction');
  });
});
