import type { MutantGroup } from '../mutant.ts';

export const database: readonly MutantGroup[] = [
  {
    tests: ['test/race/contention.test.ts'],
    mutants: [
      {
        guard: 'one-claim-per-seat',
        file: 'prisma/migrations/20261128111500_claims_by_seat/migration.sql',
        mutation: {
          replace: 'CREATE UNIQUE INDEX "booking_seats_one_claim_by_seat"',
          with: 'CREATE INDEX "booking_seats_one_claim_by_seat"',
        },
      },
    ],
  },
  {
    tests: ['test/db/database/unreplicated-commits.test.ts'],
    mutants: [
      { guard: 'unreplicated-commit-unknown', mutation: 'remove' },
      {
        guard: 'unreplicated-commit-reported',
        mutation: { replace: "['client_min_messages', 'warning'], ", with: '' },
        only: 'no standby confirms',
      },
      {
        guard: 'found-batch-replicated',
        mutation: { replace: ' FOR NO KEY UPDATE', with: '' },
        only: 'no standby confirms',
      },
    ],
  },
  {
    tests: ['test/db/database/exhausted-database.test.ts'],
    mutants: [{ guard: 'exhausted-server-not-retried', mutation: 'remove' }],
  },
  {
    tests: ['test/db/database/database-check.test.ts'],
    mutants: [
      { guard: 'start-server-version', mutation: 'remove' },
      { guard: 'npm-start-server-version', mutation: 'remove' },
      { guard: 'migration-server-version', mutation: 'remove' },
      { guard: 'start-migrations', mutation: 'remove' },
      { guard: 'start-on-primary', mutation: 'remove', only: 'accepts no writes' },
      { guard: 'start-newer-schema', mutation: 'remove', only: 'cannot work with' },
      { guard: 'broken-check-survived', mutation: 'remove' },
      { guard: 'readiness-migrations', mutation: 'remove' },
      { guard: 'readiness-settings', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/db/database/session-settings.test.ts'],
    mutants: [
      { guard: 'start-session-settings', mutation: 'remove' },
      { guard: 'readiness-session-settings', mutation: 'remove' },
      { guard: 'pools-on-primary', mutation: 'remove' },
      { guard: 'pools-on-one-database', mutation: 'never' },
      { guard: 'pooler-prepares', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/unit/platform/db-errors.test.ts'],
    mutants: [{ guard: 'pooler-misconfigured', mutation: 'never' }],
  },
  {
    tests: ['test/db/database/background-plans.test.ts'],
    mutants: [
      {
        guard: 'polls-replanned',
        mutation: {
          replace: 'text.includes(PLANNED_EACH_TIME)',
          with: "text.includes('/* readLocked */')",
        },
        only: 'poll by key',
      },
      {
        guard: 'index-order-without-sort',
        mutation: { replace: "'enable_sort',", with: '' },
        only: 'sweep holds',
      },
      {
        guard: 'claims-index-order',
        file: 'prisma/migrations/20261128111500_claims_by_seat/migration.sql',
        mutation: { replace: '("seat_index", "event_id")', with: '("event_id", "seat_index")' },
        only: 'sweep holds',
      },
    ],
  },
  {
    tests: ['test/db/database/plans-of-small-tables.test.ts'],
    mutants: [
      {
        guard: 'changed-bookings-by-key',
        mutation: { replace: 'b.event_id = u.event_id', with: 'b.event_id = (SELECT ${eventId}::int)' },
      },
    ],
  },
  {
    tests: ['test/db/booking/booking-pages.test.ts'],
    mutants: [
      {
        guard: 'ended-bookings-index',
        file: 'prisma/migrations/20261128101000_organizer_reads/migration.sql',
        mutation: { replace: 'ON "bookings"("event_id", "status", "id")', with: 'ON "bookings"("ended_at")' },
      },
      {
        guard: 'confirmed-bookings-index',
        file: 'prisma/migrations/20261128101000_organizer_reads/migration.sql',
        mutation: {
          replace: 'ON "bookings"("event_id", "id") WHERE',
          with: 'ON "bookings"("confirmed_at") WHERE',
        },
      },
    ],
  },
];
