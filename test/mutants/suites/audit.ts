import type { MutantGroup } from '../mutant.ts';

export const audit: readonly MutantGroup[] = [
  {
    tests: ['test/db/audit/audit-live-maps.test.ts'],
    mutants: [
      { guard: 'transient-map-fault', mutation: 'always', only: 'has ended' },
      { guard: 'audit-map-batch', mutation: 'never', only: 'the same version' },
      {
        guard: 'audit-older-map',
        mutation: 'never',
        only: 'a later version',
      },
      { guard: 'audit-map-seats', mutation: 'always', only: 'other seats' },
      { guard: 'audit-stalled-map', mutation: 'always', only: 'behind for long' },
    ],
  },
  {
    tests: ['test/db/audit/audit-planted.test.ts'],
    mutants: [
      {
        guard: 'audit-missing-seat',
        mutation: { replace: 'WHERE s.seat_index IS NULL', with: 'WHERE false' },
        only: 'claims a seat that does not exist',
      },
      {
        guard: 'audit-missing-event',
        mutation: { replace: 'WHERE e.id IS NULL', with: 'WHERE false' },
        only: 'the event of a booking does not exist',
      },
      {
        guard: 'audit-early-expiry',
        mutation: { replace: 'ended_at < hold_expires_at\n', with: 'false\n' },
        only: 'expired before its deadline',
      },
      {
        guard: 'audit-early-takeover',
        mutation: { replace: "takeover_delay_ms * interval '1 ms'", with: "interval '0 ms'" },
        only: 'taken over before the delay',
      },
      {
        guard: 'audit-late-release',
        mutation: { replace: "status = 'RELEASED", with: "false AND status = 'RELEASED" },
        only: 'released at its deadline',
      },
      {
        guard: 'audit-late-confirmation',
        mutation: { replace: 'confirmed_at >= hold_expires_at', with: 'false' },
        only: 'confirmed at its deadline',
      },
      {
        guard: 'audit-future-commit',
        mutation: { replace: 'committed_at >', with: 'false AND committed_at >' },
        only: 'committed in the future',
      },
      {
        guard: 'audit-batch-chain',
        mutation: { replace: 'WHERE version IN', with: 'WHERE false AND version IN' },
        only: 'continues another batch',
      },
      {
        guard: 'audit-event-batch',
        mutation: { replace: 'WHERE c', with: 'WHERE false AND c' },
        only: 'has another batch',
      },
      {
        guard: 'audit-repeated-batch',
        mutation: { replace: ') > 1', with: ') > 2' },
        only: 'recorded twice',
      },
      {
        guard: 'audit-wrong-price',
        mutation: { replace: '<> c.amount', with: '<> c.amount AND false' },
        only: 'costs something else',
      },
    ],
  },
  {
    tests: ['test/db/booking/inspecting.test.ts'],
    mutants: [
      {
        guard: 'inspect-read-only',
        mutation: { replace: "'transaction_read_only', 'on'", with: "'transaction_read_only', 'off'" },
        only: 'cannot write',
      },
    ],
  },
  {
    tests: ['test/db/audit/audit-plans.test.ts'],
    mutants: [
      {
        guard: 'audit-without-nested-loops',
        mutation: { replace: "'enable_mergejoin', 'off'", with: "'enable_mergejoin', 'on'" },
      },
    ],
  },
  {
    tests: ['test/db/database/background-plans.test.ts'],
    mutants: [
      {
        guard: 'audit-without-nested-loops',
        mutation: { replace: "'enable_nestloop', 'off'", with: "'enable_nestloop', 'on'" },
        only: 'audit every table',
      },
    ],
  },
  {
    tests: ['test/deploy/restore.test.ts'],
    mutants: [
      {
        guard: 'audit-marked-jump',
        mutation: { replace: 'contents = 0', with: 'true' },
        only: 'without a mark',
      },
      {
        guard: 'audit-marked-jump',
        mutation: { replace: 'contents = 0', with: 'false' },
        only: 'after a restore',
      },
      {
        guard: 'versions-jump-after-restore',
        mutation: { replace: '1_000_000', with: '0' },
        only: 'a snapshot',
      },
    ],
  },
];
