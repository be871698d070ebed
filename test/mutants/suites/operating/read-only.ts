import type { MutantGroup } from '../../mutant.ts';

/** Switching writes off and on. */
export const readOnly: readonly MutantGroup[] = [
  {
    tests: ['test/unit/platform/write-gate.test.ts'],
    mutants: [
      { guard: 'forced-until-released', mutation: 'never' },
      { guard: 'signal-restarts-count', mutation: { with: 'return state;' } },
      {
        guard: 'slow-probe-is-bad',
        mutation: { replace: 'durationMs <= limits.goodProbeMsMax', with: 'true' },
      },
      { guard: 'failed-probe-restarts-count', mutation: { replace: ': 0', with: ': state.goodProbes' } },
      { guard: 'read-only-stay', mutation: { replace: '>= getStayMinMs(state, limits)', with: '>= 0' } },
      { guard: 'good-probes-in-a-row', mutation: 'left only' },
    ],
  },
  {
    tests: ['test/unit/platform/write-signals.test.ts'],
    mutants: [
      { guard: 'stuck-commit-signal', mutation: 'never' },
      { guard: 'locks-are-no-stall', mutation: 'never' },
      { guard: 'locks-are-no-stall', mutation: 'left only' },
      { guard: 'stall-signal', mutation: 'never' },
      { guard: 'failover-waited-out', mutation: { replace: 'unreachableMsMax', with: 'stalledMsMax' } },
      { guard: 'terminated-is-no-outage', mutation: 'left only' },
      { guard: 'slow-batches', mutation: { replace: 'p95 > this.#slowMs', with: 'false' } },
      { guard: 'slow-batches-age', mutation: 'never' },
      { guard: 'quiet-is-not-slow', mutation: 'never' },
      { guard: 'failed-batch-is-no-pause', mutation: 'remove' },
      { guard: 'disk-full-signal', mutation: 'never' },
      {
        guard: 'disk-full-signal',
        mutation: { replace: "kind === 'exhausted' && ", with: '' },
        only: 'ends the server',
      },
      { guard: 'failure-is-one-signal', mutation: { with: '' }, only: 'a signal once' },
      {
        guard: 'own-pause-is-no-outage',
        mutation: { replace: 'Math.min(at - this.#at, this.#stepMsMax)', with: 'at - this.#at' },
      },
    ],
  },
  {
    tests: ['test/db/database/service-monitor.test.ts'],
    mutants: [
      { guard: 'full-disk-signal', mutation: { replace: 'this.#isDiskFull', with: 'false' } },
      { guard: 'disk-probed', mutation: 'never', only: 'without space' },
      { guard: 'new-reason-shown', mutation: 'left only', only: 'probes commit' },
      { guard: 'outage-recorded', mutation: { with: 'return [];' }, only: 'probes commit' },
      { guard: 'outage-ends-with-gate', mutation: { with: 'return false;' }, only: 'probes commit' },
    ],
  },
  {
    tests: ['test/unit/platform/outages.test.ts'],
    mutants: [
      { guard: 'outage-after-deadline', mutation: 'never' },
      { guard: 'outage-credit-bounded', mutation: { replace: ', creditedUntilMs', with: '' } },
      { guard: 'outage-before-hold', mutation: { replace: ', createdAtMs', with: '' } },
    ],
  },
  {
    tests: ['test/db/expiry/outages.test.ts'],
    mutants: [
      {
        guard: 'outages-decide',
        mutation: { replace: 'this.#locked.outages', with: '[]' },
        only: 'can be confirmed',
      },
      {
        guard: 'outages-sweep',
        mutation: { replace: '${holdDeadline(sql`bookings`)}', with: 'hold_expires_at' },
        only: 'agree',
      },
      {
        guard: 'best-available-takeover',
        mutation: { replace: '${holdDeadline(sql`b`)}', with: 'b.hold_expires_at' },
        only: 'can be confirmed',
      },
      {
        guard: 'outage-deadline-sql',
        mutation: {
          replace: "sum(lost) FILTER (WHERE started_at < ${hold}.hold_expires_at + earlier * interval '1 s')",
          with: 'sum(lost)',
        },
        only: 'agree',
      },
      {
        guard: 'audit-late-confirmation',
        mutation: { replace: 'confirmed_at >= ${deadline}', with: 'true' },
        only: 'can be confirmed',
      },
      {
        guard: 'outages-merged',
        mutation: { replace: 'USING clock\n      WHERE', with: 'USING clock\n      WHERE false AND' },
        only: 'record one outage',
      },
      {
        guard: 'relevant-outages',
        mutation: { replace: 'ORDER BY started_at', with: 'ORDER BY started_at DESC' },
        only: 'agree',
      },
    ],
  },
  {
    tests: ['test/db/audit/audit-planted.test.ts'],
    mutants: [
      {
        guard: 'audit-expiry-after-outage',
        mutation: { replace: 'EXISTS (SELECT FROM outages)', with: 'false' },
        only: 'although outages',
      },
    ],
  },
  {
    tests: ['test/api/failures/read-only.test.ts'],
    mutants: [
      {
        guard: 'outages-presumed',
        mutation: { replace: 'service.presumedOutages', with: '[]' },
        only: 'deadline passed',
      },
      {
        guard: 'outages-shown',
        mutation: { replace: ', outages,', with: ', [],' },
        only: 'deadline passed',
      },
      { guard: 'mutation-refused-while-read-only', mutation: 'never' },
      { guard: 'command-refused-while-read-only', mutation: 'never', only: 'commands that wait' },
      {
        guard: 'waiting-refused-when-read-only',
        mutation: { replace: 'refusal !== null || ', with: '' },
        only: 'commands that wait',
      },
      { guard: 'users-unstored-while-read-only', mutation: 'never', only: 'not stored yet' },
      { guard: 'join-refused-while-read-only', mutation: 'never', only: 'a waiting room' },
    ],
  },
  {
    tests: ['test/api/failures/outage-deadlines.test.ts'],
    mutants: [
      {
        guard: 'outages-shown',
        mutation: { replace: 'outages, probedAtMs)', with: 'outages, Date.now())' },
        only: 'no deadline is shown',
      },
      {
        guard: 'expired-not-later',
        mutation: { replace: 'Math.min(deadlineMs, endedAt.getTime())', with: 'deadlineMs' },
        only: 'a hold that expired',
      },
    ],
  },
  {
    tests: ['test/unit/booking/decide/decide-transition.test.ts'],
    mutants: [
      {
        guard: 'expired-not-in-future',
        mutation: { replace: ', booking.endedAtMs ?? draft.clockMs', with: '' },
        only: 'in the future',
      },
    ],
  },
  {
    tests: ['test/db/expiry/read-only.test.ts'],
    mutants: [
      { guard: 'no-sweep-while-read-only', mutation: 'right only' },
      { guard: 'no-sweep-while-read-only', mutation: 'left only' },
      { guard: 'tasks-pause-while-read-only', mutation: { replace: 'worker.writes.areOn', with: 'true' } },
      { guard: 'unswept-while-read-only', mutation: { replace: 'writes.areOn', with: 'true' } },
    ],
  },
  {
    tests: ['test/db/database/unreplicated-commits.test.ts'],
    mutants: [
      {
        guard: 'others-stuck-commit',
        mutation: { replace: 'hasStuckCommit', with: 'false' },
        only: 'commits nothing itself',
      },
    ],
  },
  {
    tests: ['test/api/failures/outages.test.ts'],
    mutants: [
      {
        guard: 'read-only-server-signal',
        mutation: { replace: 'isReadOnly', with: 'false' },
        only: 'is noticed without a write',
      },
    ],
  },
];
