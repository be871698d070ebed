import type { MutantGroup } from '../../mutant.ts';

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
    tests: ['test/db/database/epochs.test.ts'],
    mutants: [
      { guard: 'old-timeline-refused', mutation: 'never', only: 'old primary' },
      { guard: 'old-connection-ended', mutation: 'remove', only: 'whether it is new or open' },
      { guard: 'old-primary-refused', mutation: 'remove', only: 'whether it is new or open' },
      { guard: 'batch-refused-by-old-primary', mutation: 'remove', only: 'outside the stored epoch' },
      { guard: 'batch-in-stored-epoch', mutation: 'never', only: 'before a batch commits' },
      {
        guard: 'epoch-adopted-once',
        mutation: { replace: '(stored.system_identifier, stored.timeline)', with: "('', 0)" },
        only: 'at the same time',
      },
      {
        guard: 'version-without-room',
        mutation: { replace: '2_000_000_000', with: '2_147_483_647' },
        only: 'no room',
      },
      { guard: 'new-epoch-reread', mutation: 'remove', only: 'a new epoch' },
    ],
  },
  {
    tests: ['test/db/database/exhausted-database.test.ts'],
    mutants: [
      { guard: 'exhausted-server-not-retried', mutation: 'remove' },
      {
        guard: 'failed-commit-classified',
        mutation: { replace: ' ?? (cause as AdapterCause | undefined)', with: '' },
        only: 'at COMMIT',
      },
    ],
  },
  {
    tests: ['test/unit/platform/db-errors.test.ts'],
    mutants: [{ guard: 'panic-ends-connections', mutation: 'remove' }],
  },
  {
    tests: ['test/deploy/tls.test.ts'],
    mutants: [
      {
        guard: 'database-certificate-refused',
        mutation: { replace: ' || isCertificateError(error)', with: '' },
        only: 'does not start without',
      },
      { guard: 'redis-certificate-refused', mutation: 'remove', only: 'does not start without' },
    ],
  },
  {
    tests: ['test/db/database/several-addresses.test.ts'],
    mutants: [
      {
        guard: 'network-code-is-connection',
        mutation: { replace: ' || networkCodes.has(code)', with: '' },
      },
    ],
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
  {
    tests: ['test/faults/replicas/replicas.test.ts'],
    mutants: [
      {
        guard: 'api-replica-check',
        mutation: 'remove',
        only: 'refused with one line if the replica is a primary',
      },
      {
        guard: 'replica-not-the-primary',
        mutation: 'always',
        only: 'refused with one line if the replica is a primary',
      },
      {
        guard: 'replica-of-this-database',
        mutation: 'never',
        only: 'refused with one line if the replica is a primary',
      },
      {
        guard: 'replica-session-settings',
        mutation: 'never',
        only: 'refused with one line if the replica is a primary',
      },
      { guard: 'viewer-reads-own-writes', mutation: 'never', only: 'who may have changed something' },
      { guard: 'position-read-after-call', mutation: 'remove' },
      { guard: 'replica-read-new-enough', mutation: 'always', only: 'older than its event' },
      { guard: 'replica-map-new-enough', mutation: { with: 'return true;' }, only: 'older than its event' },
      { guard: 'feed-map-current', mutation: 'left only', only: 'older than its event' },
      { guard: 'lost-history-read-from-primary', mutation: 'right only', only: 'that the primary has lost' },
      { guard: 'only-queries-from-replicas', mutation: 'remove', only: 'in mutations' },
      {
        guard: 'failed-replica-read-repeated',
        mutation: { with: 'throw error;' },
        only: 'is read from the primary',
      },
      { guard: 'lagging-replica-left-out', mutation: 'remove', only: 'when it lags too much' },
      { guard: 'promoted-replica-left-out', mutation: 'remove', only: 'the new primary is no replica' },
      {
        guard: 'other-timeline-left-out',
        mutation: { with: 'return true;' },
        only: 'the new primary is no replica',
      },
      {
        guard: 'diverged-replica-left-out',
        mutation: { with: 'const isAhead = false;' },
        only: 'the new primary is no replica',
      },
    ],
  },
];
