import type { MutantGroup } from '../mutant.ts';

export const booking: readonly MutantGroup[] = [
  {
    tests: ['test/db/booking/prune-keys.test.ts'],
    mutants: [
      {
        guard: 'key-of-open-booking-kept',
        mutation: { replace: "coalesce(b.status IN ('HOLD', 'CONFIRMED'), false)", with: 'false' },
        only: 'after any time',
      },
      {
        guard: 'kept-key-postponed',
        mutation: { replace: 'now() + (now() - created_at)', with: 'prune_after' },
        only: 'not read at every round',
      },
    ],
  },
  {
    tests: ['test/race/contention.test.ts'],
    mutants: [
      { guard: 'seat-lock', mutation: { replace: 'FOR UPDATE`', with: '`' } },
      { guard: 'seat-lock', mutation: { replace: 'seat_index FOR UPDATE`', with: 'random() FOR UPDATE`' } },
      { guard: 'buyer-limit-lock', mutation: 'never' },
      { guard: 'clock-after-lock', mutation: { replace: 'clock_timestamp', with: 'now' } },
      {
        guard: 'event-status-recheck',
        mutation: { replace: 'AND (status = ${event.status}::event_status) IS TRUE', with: '' },
      },
    ],
  },
  {
    tests: ['test/unit/booking/decide'],
    mutants: [
      { guard: 'hold-deadline', mutation: { replace: 'this.clockMs', with: '0' } },
      { guard: 'hold-deadline', mutation: { replace: '<=', with: '<' } },
      { guard: 'takeover-moment', mutation: { replace: '+ booking.takeoverDelayMs', with: '' } },
      { guard: 'takeover-delay-of-hold', mutation: { replace: 'draft.getTakeoverDelayMs()', with: '0' } },
      { guard: 'takeover-delay-of-extension', mutation: 'remove' },
      { guard: 'takeover-delay-off', mutation: 'remove' },
      { guard: 'sale-end', mutation: { replace: '< saleEndsAtMs', with: '<= saleEndsAtMs' } },
    ],
  },
  {
    tests: ['test/race/takeover-delay.test.ts'],
    mutants: [
      { guard: 'hold-deadline', mutation: { replace: 'this.getDeadlineMs(booking)', with: '0' } },
      { guard: 'takeover-moment', mutation: { replace: '+ booking.takeoverDelayMs', with: '' } },
    ],
  },
  {
    tests: ['test/db/expiry/takeover-delay.test.ts'],
    mutants: [
      {
        guard: 'takeover-delay-drawn',
        mutation: { replace: 'randomInt(1, TAKEOVER_DELAY_MS_MAX + 1)', with: '600' },
        only: 'drawn for each hold',
      },
      {
        guard: 'best-available-takeover',
        mutation: { replace: "b.takeover_delay_ms * interval '1 ms'", with: "interval '0 ms'" },
        only: 'the server chooses other seats',
      },
      {
        guard: 'takeover-delay-range',
        file: 'prisma/migrations/20261128200000_takeover_delay/migration.sql',
        mutation: { replace: 'BETWEEN 0 AND 1200', with: 'BETWEEN -1 AND 1201' },
        only: 'cannot exceed 1,200 ms',
      },
    ],
  },
  {
    tests: ['test/db/booking/holding.test.ts'],
    mutants: [{ guard: 'seat-limit', mutation: 'never' }],
  },
  {
    tests: ['test/db/booking/confirming.test.ts'],
    mutants: [{ guard: 'booking-owner', mutation: 'always' }],
  },
  {
    tests: ['test/db/booking/idempotency-keys.test.ts'],
    mutants: [
      { guard: 'idempotency-key-stored', mutation: 'remove' },
      { guard: 'idempotency-key-input', mutation: 'never' },
    ],
  },
  {
    tests: ['test/db/audit/audit.test.ts'],
    mutants: [
      {
        guard: 'version-step',
        mutation: { replace: '+ 1', with: '+ 2' },
        only: 'finds nothing where nothing is wrong',
      },
    ],
  },
  {
    tests: ['test/db/booking/expiring.test.ts'],
    mutants: [
      { guard: 'contested-seats-searched', mutation: 'remove', only: 'gives its seats to the next buyer' },
      { guard: 'whole-booking-expires', mutation: { replace: 'seats', with: 'seats.slice(0, 1)' } },
      {
        guard: 'expiry-without-publish-wait',
        mutation: { replace: ';', with: ';\n  await ctx.publisher.publishSeatsChanged({} as never);' },
      },
    ],
  },
  {
    tests: ['test/api/reads/hidden-drafts.test.ts'],
    mutants: [
      { guard: 'draft-hidden-from-batch', mutation: { replace: "e.status <> 'DRAFT'", with: 'true' } },
      { guard: 'uniform-draft-refusal', mutation: 'always' },
    ],
  },
  {
    tests: ['test/db/messaging/published-events.test.ts'],
    mutants: [{ guard: 'published-after-preparation', mutation: 'never' }],
  },
  {
    tests: ['test/db/database/hanging-reads.test.ts'],
    mutants: [
      {
        guard: 'batch-preparation-patience',
        mutation: {
          replace: 'if (await settlesWithin(PATIENCE_MS, attempt)',
          with: 'await attempt;\n      if (slow.size === 0',
        },
      },
    ],
  },
  {
    tests: ['test/db/booking/poisonous-command.test.ts'],
    mutants: [{ guard: 'failed-batch-runs-singly', mutation: 'remove' }],
  },
  {
    tests: ['test/unit/platform/db-errors.test.ts'],
    mutants: [{ guard: 'socket-error-without-sqlstate', mutation: { replace: '(?=.*\\d)', with: '' } }],
  },
  {
    tests: ['test/unit/booking/array-literal.test.ts'],
    mutants: [{ guard: 'array-element-without-quotes', mutation: 'never' }],
  },
  {
    tests: ['test/unit/booking/group-commit.test.ts'],
    mutants: [
      { guard: 'deadline-of-single-commands', mutation: 'remove' },
      { guard: 'deadline-of-parked-commands', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/db/booking/sweeping.test.ts'],
    mutants: [
      { guard: 'sweep-halved', mutation: 'always', only: 'corrupt' },
      { guard: 'corrupt-hold-skipped', mutation: 'remove', only: 'corrupt' },
      { guard: 'sweep-past-corrupt-holds', mutation: 'never', only: 'gets past' },
      { guard: 'failing-sweep-slots', mutation: 'never', only: 'behind more locked ones' },
      { guard: 'failing-sweep-one-turn', mutation: 'never', only: 'while one with thousands' },
      { guard: 'sweep-waits-for-turns', mutation: 'remove', only: 'gets past' },
      {
        guard: 'independent-sweeps',
        mutation: { replace: 'void', with: 'await' },
        only: 'while one with thousands',
      },
    ],
  },
  {
    tests: ['test/db/database/plans-by-key.test.ts'],
    mutants: [
      {
        guard: 'status-comparison-without-index',
        mutation: { replace: '(s.status = u.before) IS TRUE', with: 's.status = u.before' },
      },
    ],
  },
  {
    tests: ['test/db/database/exhausted-database.test.ts'],
    mutants: [{ guard: 'retried-command-logged-once', mutation: 'never' }],
  },
  {
    tests: ['test/db/booking/unannounced-commit.test.ts'],
    mutants: [{ guard: 'unannounced-commit-succeeds', mutation: { with: 'throw error;' } }],
  },
  {
    tests: ['test/db/database/background-plans.test.ts'],
    mutants: [
      {
        guard: 'prune-by-booking-key',
        mutation: { replace: 'OFFSET', with: "AND status IN ('HOLD', 'CONFIRMED') OFFSET" },
        only: 'prune',
      },
      {
        guard: 'overdue-as-of-statement',
        mutation: {
          replace: 'hold_expires_at <= statement_timestamp',
          with: 'hold_expires_at <= clock_timestamp',
        },
        only: 'sweep holds',
      },
    ],
  },
  {
    tests: ['test/api/mutations/sale-times.test.ts'],
    mutants: [
      { guard: 'sale-end', mutation: 'left only' },
      { guard: 'cancellation-end', mutation: 'always' },
    ],
  },
  {
    tests: ['test/unit/booking/decide/decide-request.test.ts'],
    mutants: [
      { guard: 'request-settled-once', mutation: 'never' },
      { guard: 'request-deadline', mutation: { replace: '<=', with: '<' } },
      { guard: 'request-alternative', mutation: 'never' },
      { guard: 'queued-only', mutation: 'never' },
    ],
  },
  {
    tests: ['test/db/booking/request-queue.test.ts'],
    mutants: [
      { guard: 'request-queued-once', mutation: { replace: 'if known', with: 'if false' } },
      { guard: 'request-queue-limit', mutation: { replace: '>=', with: '>' } },
      { guard: 'event-active-while-queued', mutation: 'never' },
      { guard: 'unsettled-entries-kept', mutation: 'always' },
      { guard: 'poisonous-request-buried', mutation: { replace: 'taken > takenTimesMax', with: 'false' } },
      { guard: 'acknowledged-after-commit', mutation: 'remove' },
      { guard: 'no-scan-without-redis', mutation: 'never', only: 'waits without an error' },
      { guard: 'entry-names-its-request', mutation: 'always', only: 'buries what is not' },
    ],
  },
  {
    tests: ['test/api/requests/reserved-seats.test.ts'],
    mutants: [
      { guard: 'refused-request-gives-back', mutation: { replace: 'seats?.giveBack()', with: 'undefined' } },
    ],
  },
  {
    tests: ['test/unit/booking/request-updates.test.ts'],
    mutants: [
      { guard: 'request-read-when-watched', mutation: 'remove' },
      {
        guard: 'watched-requests-take-turns',
        mutation: { replace: 'this.#readEachTimeMax', with: 'Infinity' },
      },
    ],
  },
  {
    tests: ['test/api/requests/hold-requests.test.ts'],
    mutants: [
      { guard: 'request-needs-key', mutation: 'never', only: 'rejects' },
      { guard: 'requested-seats-exist', mutation: 'never', only: 'that do not exist' },
      { guard: 'request-key-input', mutation: 'never', only: 'rejects another input' },
      {
        guard: 'request-outcome-stored',
        mutation: {
          replace: 'insertSettledRequests(tx, eventId, settledRequests, tables.holdRequests)',
          with: 'settledRequests.length',
        },
        only: 'keeps a refusal',
      },
      { guard: 'hold-request-owner', mutation: 'always', only: 'to its buyer alone' },
      { guard: 'hold-request-updates-owner', mutation: 'never', only: 'nothing' },
      { guard: 'request-stream-ends', mutation: 'never', only: 'once' },
    ],
  },
];
