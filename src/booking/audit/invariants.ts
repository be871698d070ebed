import { sql } from '../../platform/database/db.ts';
import { counters } from './counters.sql.ts';
import { historyBookings } from './history/history-bookings.sql.ts';
import { historySteps } from './history/history-steps.sql.ts';
import { historyVersions } from './history/history-versions.sql.ts';
import { idempotencyKeys } from './idempotency-keys.sql.ts';
import type { Invariant } from './invariant.ts';
import { openTransactions } from './history/open-transactions.sql.ts';
import { overdueHolds } from './overdue-holds.sql.ts';
import { seatClaims } from './seat-claims.sql.ts';
import { seatLimits } from './seat-limits.sql.ts';
import { seatsAndBookings } from './seats-and-bookings.sql.ts';
import { times } from './times.sql.ts';

/**
 * The invariants that the database alone can show. I11 (maps/watermarks.ts) and the other parts of I10
 * (maps/cached-maps.ts, maps/live-maps.ts) also need Redis. I7 (captured minus refunded money matches the booking's
 * status) has no data until there are payments. I4, I5, I12 and I13 need a client's ledger; the tests check them.
 */
export const databaseInvariants: readonly Invariant[] = [
  { id: 'I1', title: 'no seat claimed twice', query: seatClaims },
  { id: 'I2', title: 'seats and bookings agree', query: seatsAndBookings },
  { id: 'I3', title: 'no overdue hold remains', query: overdueHolds },
  { id: 'I6', title: 'one effect per idempotency key', query: idempotencyKeys },
  {
    id: 'I8',
    title: 'history complete, legal and current',
    query: (limits) =>
      sql`${historyVersions(limits)} UNION ALL ${historySteps(limits)} UNION ALL ${historyBookings(limits)} UNION ALL ${times()}`,
  },
  { id: 'I9', title: 'no transaction left open', query: openTransactions },
  { id: 'I10', title: 'counters, cached and live maps match seats', query: counters },
  { id: 'I14', title: 'no buyer over the seat limit', query: seatLimits },
];
