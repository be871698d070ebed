import { describe, expect, it } from 'vitest';
import { printReport } from '../../../src/booking/audit/print-report.ts';
import { broken, startAuditBench, type Plant } from './audit.fixture.ts';

const lastVersion = '(SELECT max(version) FROM event_changes)';

const planted: readonly (readonly [id: string, what: string, says: string, Plant])[] = [
  [
    'I2',
    'a booking costs something else than its seats',
    'the booking costs 4899, its seats cost 4900',
    ({ owned }) => [`UPDATE bookings SET total_amount = total_amount - 1 WHERE id = '${owned.id}'`],
  ],
  [
    'I2',
    'an ended booking costs something else than its seats',
    'the booking costs 0, its seats cost 9800',
    () => [`UPDATE bookings SET total_amount = 0 WHERE status = 'RELEASED'`],
  ],
  [
    'I2',
    'an ended booking claims a seat that does not exist',
    'the booking is RELEASED and claims a seat that does not exist',
    () => [
      `UPDATE booking_seats SET seat_index = 100000 WHERE booking_id = (SELECT id FROM bookings WHERE status = 'RELEASED' LIMIT 1)
         AND seat_index = (SELECT max(seat_index) FROM booking_seats WHERE booking_status = 'RELEASED')`,
    ],
  ],
  [
    'I2',
    'the event of a booking does not exist',
    'the event of the booking does not exist',
    () => [
      `INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at, ended_at)
         SELECT 100000, gen_random_uuid(), gen_random_uuid(), 'RELEASED', 1, 1, t, t + interval '5 minutes', t + interval '1 minute'
         FROM (SELECT now() - interval '1 year') AS past(t)`,
    ],
  ],
  [
    'I8',
    'a hold expired before its deadline',
    'the hold expired at',
    () => [
      `UPDATE bookings SET ended_at = hold_expires_at - interval '1 millisecond'
       WHERE id = (SELECT id FROM bookings WHERE status = 'EXPIRED' LIMIT 1)`,
    ],
  ],
  [
    'I8',
    'a hold expired although outages had moved its deadline',
    'although outages had moved its deadline',
    () => [
      `INSERT INTO outages SELECT created_at, hold_expires_at - interval '1 minute', hold_expires_at FROM bookings WHERE status = 'EXPIRED' LIMIT 1`,
      `UPDATE bookings SET ended_at = hold_expires_at WHERE id = (SELECT id FROM bookings WHERE status = 'EXPIRED' LIMIT 1)`,
    ],
  ],
  [
    'I8',
    'the seats of a hold were taken over before the delay had ended',
    'the seats were taken over at',
    () => [
      `UPDATE bookings SET hold_expires_at = ended_at, takeover_delay_ms = 1, created_at = ended_at - interval '1 hour'
       WHERE id = (SELECT id FROM bookings WHERE status = 'EXPIRED' LIMIT 1)`,
    ],
  ],
  [
    'I8',
    'a hold was confirmed at its deadline',
    'the hold was confirmed at',
    ({ owned }) => [
      `UPDATE bookings SET created_at = created_at - interval '1 hour', hold_expires_at = confirmed_at WHERE id = '${owned.id}'`,
    ],
  ],
  [
    'I8',
    'a hold that was canceled later was confirmed after its deadline',
    'the hold was confirmed at',
    () => [
      `UPDATE bookings SET created_at = created_at - interval '1 hour', hold_expires_at = confirmed_at - interval '1 second'
       WHERE status = 'CANCELED'`,
    ],
  ],
  [
    'I8',
    'a hold was released at its deadline',
    'the hold was released at',
    () => [
      `UPDATE bookings SET created_at = created_at - interval '1 hour', hold_expires_at = ended_at WHERE status = 'RELEASED'`,
    ],
  ],
  [
    'I8',
    'a booking was created in the future',
    'the booking has a time in the future',
    ({ held }) => [`UPDATE bookings SET created_at = now() + interval '2 minutes' WHERE id = '${held.id}'`],
  ],
  [
    'I8',
    'a booking ended before it was created',
    'not in this order',
    () => [`UPDATE bookings SET ended_at = created_at - interval '2 minutes' WHERE status = 'RELEASED'`],
  ],
  [
    'I8',
    'a booking was canceled before it was confirmed',
    'not in this order',
    () => [
      `UPDATE bookings SET created_at = created_at - interval '1 hour', ended_at = confirmed_at - interval '2 minutes'
       WHERE status = 'CANCELED'`,
    ],
  ],
  [
    'I8',
    'a batch was committed in the future',
    'which is in the future',
    () => [
      `UPDATE event_changes SET committed_at = now() + interval '2 minutes' WHERE version = ${lastVersion}`,
    ],
  ],
  [
    'I8',
    'a key was used in the future',
    'key of holdSeats: used at',
    ({ held }) => [
      `UPDATE idempotency_keys SET created_at = now() + interval '2 minutes' WHERE booking_id = '${held.id}'`,
    ],
  ],
  [
    'I8',
    'a batch is recorded twice',
    'is recorded 2 times',
    () => [
      'UPDATE event_changes SET batch_id = (SELECT batch_id FROM event_changes WHERE version = 2) WHERE version = 5',
    ],
  ],
  [
    'I8',
    'a version continues another batch than the one before it',
    'version 5 continues batch',
    () => ['UPDATE event_changes SET previous_batch_id = gen_random_uuid() WHERE version = 5'],
  ],
  [
    'I8',
    'the event has another batch than its version',
    'last batch is',
    () => ['UPDATE events SET batch_id = gen_random_uuid()'],
  ],
];

describe('the audit', () => {
  it.for(planted)('finds %s, and nothing else: %s', async ([id, , says, plant]) => {
    await using bench = await startAuditBench();
    await bench.plant(...plant(bench));
    const report = await bench.audit();
    expect(broken(report)).toEqual([id]);
    expect(printReport(report)).toContain(says);
  });

  it('finds a seat that names a booking that does not exist', async () => {
    await using bench = await startAuditBench();
    const { id } = bench.held;
    await bench.plant(
      ...['booking_seats', 'idempotency_keys'].map(
        (table) => `DELETE FROM ${table} WHERE booking_id = '${id}'`,
      ),
      `DELETE FROM bookings WHERE id = '${id}'`,
    );
    const report = await bench.audit();
    // The history also misses it.
    expect(broken(report)).toEqual(['I2', 'I8']);
    expect(printReport(report)).toContain('the seat is HELD, its booking is missing');
  });
});
