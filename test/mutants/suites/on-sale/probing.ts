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
      { guard: 'refused-hold-keeps-turn', mutation: 'always', only: 'does not use up the turn' },
    ],
  },
];
