import type { MutantGroup } from '../../mutant.ts';

export const waitingRoom: readonly MutantGroup[] = [
  {
    tests: ['test/unit/waiting-room/draw.test.ts'],
    mutants: [
      { guard: 'draw-cycle-walking', mutation: 'never', only: 'values one position' },
      {
        guard: 'draw-key-from-digest',
        mutation: { replace: '.update(digest)', with: '' },
        only: 'both seed and digest',
      },
    ],
  },
  {
    tests: ['test/unit/waiting-room/tokens.test.ts'],
    mutants: [
      { guard: 'room-token-signature', mutation: 'never', only: 'any byte changed' },
      { guard: 'room-token-kind', mutation: 'never' },
      { guard: 'admission-bound-to-event', mutation: 'never', only: 'another event' },
      { guard: 'admission-bound-to-buyer', mutation: 'never', only: 'another buyer' },
      { guard: 'admission-expiry', mutation: { with: 'return true;' }, only: 'until it expires' },
    ],
  },
  {
    tests: ['test/unit/waiting-room/admission-control.test.ts'],
    mutants: [
      { guard: 'admission-catch-up', mutation: { replace: ', CATCH_UP_MS_MAX', with: '' } },
      { guard: 'admission-late-first', mutation: { replace: ' - input.late', with: '' } },
      { guard: 'admission-free-seats', mutation: { with: 'const wanted = Infinity;' } },
      { guard: 'admission-limits', mutation: { replace: 'waiting, slots, wanted', with: 'wanted' } },
      { guard: 'admission-paused', mutation: 'never' },
      { guard: 'admission-no-savings', mutation: { replace: '0.999_999', with: 'Infinity' } },
      { guard: 'pressure-falls-slowly', mutation: 'never' },
      { guard: 'automatic-off-when-empty', mutation: 'left only' },
    ],
  },
  {
    tests: ['test/unit/fanout/latest-channel.test.ts'],
    mutants: [{ guard: 'full-follower-skipped', mutation: 'remove' }],
  },
  {
    tests: ['test/db/waiting-room/joining.test.ts'],
    mutants: [
      { guard: 'place-bound-to-buyer', mutation: 'never', only: 'forged, shared' },
      { guard: 'place-bound-to-event', mutation: 'never', only: 'forged, shared' },
      {
        guard: 'joins-of-many-processes',
        mutation: { replace: ' * 2 ** attempt', with: '' },
        only: 'many processes',
      },
      { guard: 'late-answer-needs-no-write', mutation: 'never', only: 'overtaken' },
      {
        guard: 'known-limit-starts-no-counter',
        mutation: { replace: 'above === null ? from : null', with: 'from' },
        only: 'starts no counter',
      },
      { guard: 'redis-away-closed-join', mutation: 'never', only: 'decides' },
      { guard: 'redis-away-closed-claim', mutation: 'never', only: 'decides' },
      { guard: 'redis-away-pace', mutation: 'never', only: 'decides' },
      { guard: 'nobody-called-without-redis', mutation: 'left only', only: 'the policy' },
      { guard: 'no-number-no-slot', mutation: { with: 'return true;' }, only: 'number 0' },
      {
        guard: 'place-recovered',
        mutation: { replace: 'recovered > 0 and', with: 'false and' },
        only: 'take their places back',
      },
      {
        guard: 'one-place-per-buyer',
        mutation: { replace: 'issued > 0', with: 'false' },
        only: 'the same one each time',
      },
      { guard: 'draining-room-closed', mutation: { replace: "~= '1'", with: "== ''" }, only: 'draining' },
      {
        guard: 'reserved-in-this-history',
        mutation: { replace: 'ARGV[7] == history', with: 'reserved >= 0' },
        only: 'reserved before are not used',
      },
      {
        guard: 'only-reserved-indexes',
        mutation: { replace: 'last >= limit', with: 'false' },
        only: 'reserved before are not used',
      },
    ],
  },
  {
    tests: ['test/faults/promoted-replica.test.ts'],
    mutants: [
      { guard: 'lost-indexes-skipped', mutation: { replace: 'issuedUnder ~= history', with: 'false' } },
      { guard: 'lost-indexes-drawn', mutation: { replace: '== history', with: "~= ''" } },
      { guard: 'lost-indexes-counted', mutation: { replace: 'isCurrent and ', with: '' } },
    ],
  },
  {
    tests: ['test/db/waiting-room/admitting.test.ts'],
    mutants: [
      { guard: 'claim-number-is-up', mutation: 'left only', only: 'at the pace' },
      {
        guard: 'one-tick-at-a-time',
        mutation: { replace: 'AND tick =', with: 'AND 0 <=' },
        only: 'the later is discarded',
      },
      { guard: 'inside-limit', mutation: { replace: '>=', with: '< 0 *' }, only: 'a late buyer' },
      { guard: 'reservation-used-once', mutation: { replace: 'ZREM', with: 'ZSCORE' }, only: 'used once' },
      {
        guard: 'no-slot-for-leavers',
        mutation: { replace: 'not redis', with: 'true or redis' },
        only: 'was given back',
      },
      { guard: 'revoked-claims-nothing', mutation: 'never', only: 'cannot be claimed again' },
      { guard: 'off-admits-all', mutation: 'never', only: 'to everyone' },
      {
        guard: 'automatic-has-no-lobby',
        mutation: { replace: "room.mode === 'ON' && ", with: '' },
        only: 'has no lobby',
      },
      {
        guard: 'stale-health-ignored',
        mutation: { replace: 'nowMs - report.nowMs < REPORT_TTL_MS', with: 'true' },
        only: 'that is gone',
      },
    ],
  },
  {
    tests: ['test/db/waiting-room/drawing.test.ts'],
    mutants: [
      { guard: 'lobby-until-revealed', mutation: 'never', only: 'first the digest' },
      {
        guard: 'later-arrivals-follow',
        mutation: { replace: ' || joinIndex > lobbySize', with: '' },
        only: 'first the digest',
      },
      { guard: 'lobby-closed-once', mutation: { replace: 'HSETNX', with: 'HSET' }, only: 'is closed once' },
      {
        guard: 'seed-written-once',
        mutation: { replace: 'AND w.seed IS NULL ', with: '' },
        only: 'commits to a seed',
      },
      {
        guard: 'seed-after-digest',
        mutation: { replace: 'AND digest IS NOT NULL ', with: '' },
        only: 'no seed before',
      },
    ],
  },
  {
    tests: ['test/api/waiting-room/waiting-room.test.ts'],
    mutants: [
      { guard: 'admission-required', mutation: 'always', only: 'seats are held only with' },
      {
        guard: 'revoked-admission',
        mutation: { with: 'const isRevoked = false;' },
        only: 'a revoked admission',
      },
      { guard: 'join-while-open', mutation: 'never', only: 'begins when' },
      { guard: 'no-lobby-without-commitment', mutation: 'never', only: 'begins when' },
      { guard: 'seed-secret-until-revealed', mutation: 'always', only: 'not the seed' },
    ],
  },
  {
    tests: ['test/api/waiting-room/queued-holds.test.ts'],
    mutants: [
      { guard: 'queued-hold-keeps-slot', mutation: 'remove', only: 'until it is decided' },
      { guard: 'taken-over-hold-keeps-slot', mutation: 'never', only: 'ended right after' },
    ],
  },
  {
    tests: ['test/api/waiting-room/early-refusals.test.ts'],
    mutants: [
      { guard: 'early-refusal', mutation: 'never', only: 'costs no transaction' },
      { guard: 'early-refusal-read-again', mutation: 'never', only: 'a moment ago' },
      {
        guard: 'early-refusal-on-sale',
        mutation: { replace: 'AND e.on_sale_at <= clock_timestamp() ', with: '' },
        only: 'refused before the sale',
      },
      {
        guard: 'early-refusal-not-for-retries',
        mutation: { with: 'return true;' },
        only: 'repeats one that succeeded',
      },
      { guard: 'early-refusal-of-revoked', mutation: 'never', only: 'only a message says so' },
    ],
  },
  {
    tests: ['test/api/waiting-room/organizer.test.ts'],
    mutants: [
      { guard: 'room-pace-range', mutation: 'remove', only: 'refuses' },
      { guard: 'room-inside-range', mutation: 'remove', only: 'refuses' },
    ],
  },
];
