import type { MutantGroup } from '../../mutant.ts';

export const probing: readonly MutantGroup[] = [
  {
    tests: ['test/unit/traffic/probing.test.ts'],
    mutants: [
      { guard: 'short-holds-count-less', mutation: { with: 'const amount = 1;' }, only: 'released soon' },
      { guard: 'counters-of-a-subject', mutation: { with: 'return next;' }, only: 'bounded number' },
      { guard: 'payments-make-up', mutation: { with: 'const madeUpFor = 0;' }, only: 'a class of 30' },
      { guard: 'seat-cool-down', mutation: { with: 'return false;' }, only: 'held twice without paying' },
      { guard: 'counters-decay', mutation: { with: 'return counter.value;' }, only: 'in a half-life' },
      { guard: 'flagged-identities-count', mutation: 'never', only: 'that were flagged' },
    ],
  },
  {
    tests: ['test/db/traffic/probing.test.ts'],
    mutants: [
      { guard: 'prober-refused', mutation: 'remove', only: 'slow a sniper' },
      { guard: 'anti-probing-switch', mutation: 'always', only: 'off unless' },
      { guard: 'probing-without-redis', mutation: { with: 'return null;' }, only: 'while Redis is away' },
      { guard: 'bounded-signals', mutation: 'never', only: 'are dropped' },
      { guard: 'shared-seat-cool-down', mutation: 'never', only: 'keep a seat' },
      { guard: 'shared-flagged-identities-count', mutation: 'never', only: 'count against the network' },
      {
        guard: 'shared-counters-decay',
        mutation: { replace: '2 ^', with: '1 ^' },
        only: 'as the process does',
      },
      {
        guard: 'shared-counters-of-a-subject',
        mutation: { replace: '#all > 2 * most', with: 'false' },
        only: 'at most 10 kB',
      },
      {
        guard: 'stricter-measure-stays',
        mutation: { replace: '>=', with: '< 0 *' },
        only: 'stay as strict',
      },
      {
        guard: 'measured-is-suspect',
        mutation: { replace: "redis.call('SET', KEYS[2], 1, 'PX', lasts, 'NX')", with: 'true' },
        only: 'slow a sniper',
      },
      { guard: 'cooled-seat-is-suspect', mutation: 'remove', only: 'keep a seat' },
      {
        guard: 'suspect-keeps-no-seats',
        mutation: { replace: 'not isSuspect', with: 'true' },
        only: 'slow a sniper',
      },
      {
        guard: 'slowed-takes-turns',
        mutation: { replace: 'next > now', with: 'false' },
        only: 'slow a sniper',
      },
      {
        guard: 'only-slowed-can-solve',
        mutation: { replace: "found.measure === 'slowed'", with: 'true' },
        only: 'more than slow',
      },
      { guard: 'solution-lifts-slow-measure', mutation: 'never', only: 'let a slowed buyer solve' },
    ],
  },
  {
    tests: ['test/db/traffic/proof-of-work.test.ts'],
    mutants: [
      { guard: 'one-text-per-challenge', mutation: 'never', only: 'has one form' },
      { guard: 'challenge-signature', mutation: 'never', only: 'needs the work' },
      { guard: 'challenge-expiry', mutation: 'never', only: 'after two minutes' },
      { guard: 'challenge-difficulty', mutation: 'never', only: 'needs the work' },
      {
        guard: 'challenge-bound-to-bearer',
        mutation: { replace: '${eventId} ${identity}', with: '' },
        only: 'to another buyer',
      },
      { guard: 'challenge-used-once-here', mutation: 'never', only: 'while Redis is away' },
      {
        guard: 'challenge-used-once',
        mutation: { replace: '!== null', with: '!== undefined' },
        only: 'by all processes together',
      },
      {
        guard: 'challenge-without-redis',
        mutation: { with: 'return false;' },
        only: 'while Redis is away',
      },
    ],
  },
  {
    tests: ['test/api/limits/challenges.test.ts'],
    mutants: [
      { guard: 'join-needs-solution', mutation: 'never', only: 'requires a solution' },
      {
        guard: 'new-places-need-solution',
        mutation: { replace: 'room.isOn && !hasPlace', with: 'true' },
        only: 'requires none while',
      },
      { guard: 'place-in-queue', mutation: { replace: '> 0', with: '>= 0' }, only: 'requires none while' },
      { guard: 'solution-length', mutation: 'never', only: 'before it is looked at' },
    ],
  },
  {
    tests: ['test/api/limits/probing.test.ts'],
    mutants: [
      { guard: 'taken-noted', mutation: 'never', only: 'is slowed' },
      { guard: 'hold-judged', mutation: 'remove', only: 'is slowed' },
      { guard: 'held-noted', mutation: 'remove', only: 'when they are released' },
      { guard: 'queued-outcome-noted', mutation: 'remove', only: 'if they were queued' },
    ],
  },
];
