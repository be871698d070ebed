import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { printReport } from '../../../src/booking/audit/print-report.ts';
import { createBuyerId } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { broken, record, startAuditBench, type Plant } from './audit.fixture.ts';

const second = randomUUID();
const NIL = '00000000-0000-0000-0000-000000000000';

const planted: readonly (readonly [id: string, what: string, says: string, Plant])[] = [
  [
    'I1',
    'a second booking claims a held seat',
    'claimed by 2 bookings',
    ({ hall }) => [
      'DROP INDEX booking_seats_one_claim',
      `INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at)
       VALUES (${hall.eventId}, '${second}', '${createBuyerId()}', 'HOLD', 1, 4900, now(), now() + interval '5 minutes')`,
      `INSERT INTO booking_seats VALUES (${hall.eventId}, '${second}', 0, 'HOLD')`,
      record([], { [second]: 'HOLD' }),
    ],
  ],
  [
    'I2',
    'a seat is booked for a hold',
    'the seat is BOOKED, its booking is HOLD',
    ({ held }) => [
      `UPDATE event_seats SET status = 'BOOKED' WHERE seat_index = 0`,
      'UPDATE events SET seats_held = seats_held - 1, seats_booked = seats_booked + 1',
      record([`0 HELD BOOKED ${held.id}`], {}),
    ],
  ],
  [
    'I2',
    'a claim has another status than its booking',
    'the claim has status EXPIRED, its booking is HOLD',
    ({ held }) => [`UPDATE booking_seats SET booking_status = 'EXPIRED' WHERE booking_id = '${held.id}'`],
  ],
  [
    'I2',
    'a seat names a booking that does not claim it',
    'seat names a booking that does not claim it',
    ({ held }) => [`DELETE FROM booking_seats WHERE booking_id = '${held.id}'`],
  ],
  [
    'I2',
    'an open booking claims a free seat',
    'booking is HOLD and claims the seat, which is AVAILABLE',
    ({ held }) => [
      `UPDATE event_seats SET status = 'AVAILABLE', current_booking_id = NULL WHERE seat_index = 0`,
      'UPDATE events SET seats_held = seats_held - 1',
      record([`0 HELD AVAILABLE ${held.id}`], {}),
    ],
  ],
  [
    'I3',
    'a hold is still open long after its deadline',
    'and is still open',
    ({ held }) => [
      `UPDATE bookings SET created_at = now() - interval '1 hour', hold_expires_at = now() - interval '16 seconds' WHERE id = '${held.id}'`,
    ],
  ],
  [
    'I6',
    'a key belongs to another buyer than its booking',
    'but its booking to',
    ({ owned }) => [
      `UPDATE idempotency_keys SET buyer_id = '${createBuyerId()}' WHERE booking_id = '${owned.id}'`,
    ],
  ],
  [
    'I6',
    'a key exists twice',
    'stands for 2 effects',
    ({ held }) => [
      'ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey',
      `INSERT INTO idempotency_keys SELECT * FROM idempotency_keys WHERE booking_id = '${held.id}'`,
    ],
  ],
  [
    'I6',
    'a confirmation succeeded, but its booking is a hold',
    'succeeded, but the booking is HOLD',
    ({ hall, held }) => [
      `INSERT INTO idempotency_keys VALUES (${hall.eventId}, '${held.buyerId}', 'confirmBooking', '\\x01', '\\x02', '${held.id}', now())`,
    ],
  ],
  [
    'I8',
    'a version has no record',
    'versions 3 to 3 have no record',
    () => ['DELETE FROM event_changes WHERE version = 3'],
  ],
  [
    'I8',
    'the first version has no record',
    'the first record is of version 2, not 1',
    () => ['DELETE FROM event_changes WHERE version = 1'],
  ],
  [
    'I8',
    'the last version has no record',
    'but its last record is of',
    () => ['DELETE FROM event_changes WHERE version = (SELECT max(version) FROM event_changes)'],
  ],
  [
    'I8',
    'a step does not start where the previous one ended',
    'starts from AVAILABLE, but the previous one ended in BLOCKED',
    ({ hall }) => [
      record([`30 AVAILABLE BLOCKED ${NIL}`, `30 AVAILABLE BLOCKED ${NIL}`], {}),
      `UPDATE event_seats SET status = 'BLOCKED' WHERE event_id = ${hall.eventId} AND seat_index = 30`,
      'UPDATE events SET seats_blocked = seats_blocked + 1',
    ],
  ],
  [
    'I8',
    'a step is illegal',
    'the step from BOOKED to HELD is illegal',
    ({ owned }) => [
      record([`1 BOOKED HELD ${owned.id}`, `1 HELD BOOKED ${owned.id}`], { [owned.id]: 'CONFIRMED' }),
    ],
  ],
  [
    'I8',
    'a booked seat becomes available without a cancellation, and is booked again',
    'the step from BOOKED to AVAILABLE is illegal',
    ({ owned }) => [
      record(
        [`1 BOOKED AVAILABLE ${owned.id}`, `1 AVAILABLE HELD ${owned.id}`, `1 HELD BOOKED ${owned.id}`],
        { [owned.id]: 'CONFIRMED' },
      ),
    ],
  ],
  [
    'I8',
    'a seat differs from its last step',
    'ended in AVAILABLE, but the seat is BLOCKED',
    () => [
      `UPDATE event_seats SET status = 'BLOCKED' WHERE seat_index = 2`,
      'UPDATE events SET seats_blocked = seats_blocked + 1',
    ],
  ],
  [
    'I8',
    'a seat without a step is off sale',
    'the seat is BLOCKED, but has no recorded step',
    () => [
      `UPDATE event_seats SET status = 'BLOCKED' WHERE seat_index = 35`,
      'UPDATE events SET seats_blocked = seats_blocked + 1',
    ],
  ],
  [
    'I8',
    'a booking differs from its last record',
    'the booking is RELEASED, but its last record',
    () => [
      `UPDATE booking_seats SET booking_status = 'RELEASED' WHERE booking_status = 'EXPIRED'`,
      `UPDATE bookings SET status = 'RELEASED' WHERE status = 'EXPIRED'`,
    ],
  ],
  [
    'I8',
    'a booking has a record after its end',
    'the booking changed from RELEASED to RELEASED',
    () => [
      record([], {}),
      `UPDATE event_changes SET booking_ids = ARRAY[b.id], booking_statuses = ARRAY[b.status]
       FROM (SELECT id, status FROM bookings WHERE status = 'RELEASED' LIMIT 1) AS b
       WHERE version = (SELECT max(version) FROM event_changes)`,
    ],
  ],
  [
    'I8',
    'a booking has no record',
    'the booking is EXPIRED, but has no record',
    ({ hall }) => [
      `INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at, ended_at)
       VALUES (${hall.eventId}, '${second}', '${createBuyerId()}', 'EXPIRED', 1, 4900, now() - interval '5 minutes', now(), now())`,
      `INSERT INTO booking_seats VALUES (${hall.eventId}, '${second}', 20, 'EXPIRED')`,
    ],
  ],
  ['I10', 'a counter is off', 'the event counts', () => ['UPDATE events SET seats_held = seats_held + 1']],
  [
    'I14',
    'a buyer has more than the limit',
    'has 2 seats; the limit is 1',
    () => ['UPDATE events SET seat_limit = 1'],
  ],
];

describe('the audit', () => {
  it('finds nothing where nothing is wrong', async () => {
    await using bench = await startAuditBench();
    const report = await bench.audit();
    expect(printReport(report)).toMatch(/No breach found/);
    expect(report.findings.map(({ id, count }) => `${id} ${count}`)).toEqual(
      ['I1', 'I2', 'I3', 'I6', 'I8', 'I9', 'I10', 'I11', 'I14'].map((id) => `${id} 0`),
    );
  });

  it.for(planted)('finds %s, and nothing else: %s', async ([id, , says, plant]) => {
    await using bench = await startAuditBench();
    await bench.plant(...plant(bench));
    const report = await bench.audit();
    expect(broken(report)).toEqual([id]);
    expect(printReport(report)).toContain(says);
  });

  it('finds I9, and nothing else: a transaction is left open', async () => {
    await using bench = await startAuditBench();
    const session = new pg.Client({
      connectionString: bench.databaseUrl,
      application_name: 'sellout batches',
    });
    await session.connect();
    try {
      await session.query('BEGIN');
      await session.query('SELECT 1');
      const audited = () =>
        bench.audit({ limits: { overdueMaxMs: 15_000, historyDays: 30, openTransactionMaxMs: 200 } });
      await eventually('it counts as left open', async () => broken(await audited()).length > 0);
      expect(broken(await audited())).toEqual(['I9']);
    } finally {
      await session.end();
    }
  });

  it('lists the first twenty breaches, and counts all', async () => {
    await using bench = await startAuditBench();
    await bench.plant(`UPDATE event_seats SET status = 'BLOCKED' WHERE seat_index BETWEEN 12 AND 39`);
    const report = await bench.audit();
    const found = report.findings.find(({ id }) => id === 'I8');
    expect(found?.count).toBe(28);
    expect(found?.breaches.map(({ seatIndex }) => seatIndex)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 12),
    );
    expect(printReport(report)).toContain('and 8 more');
  });

  it('accepts the rest of a history that is being pruned', async () => {
    await using bench = await startAuditBench();
    await bench.plant(
      `UPDATE event_changes SET committed_at = committed_at - interval '31 days' WHERE version <= 9`,
      `UPDATE events SET created_at = created_at - interval '40 days'`,
      `UPDATE bookings SET created_at = created_at - interval '40 days'`,
      'DELETE FROM event_changes WHERE version IN (1, 2, 3, 4, 6, 8)',
    );
    expect(printReport(await bench.audit())).toMatch(/No breach found/);
    await bench.plant('DELETE FROM event_changes WHERE version = 11');
    expect(broken(await bench.audit())).toEqual(['I8']);
  });
});
