import type { MutantGroup } from '../../mutant.ts';

export const capacity: readonly MutantGroup[] = [
  {
    tests: ['test/unit/loadtest/capacity/sale.test.ts'],
    mutants: [
      {
        guard: 'simulated-last-seats',
        mutation: { with: 'const seats = this.#drawSeats();' },
        only: 'sell no seat twice',
      },
      { guard: 'simulated-slots', mutation: 'remove', only: 'never have more people inside' },
    ],
  },
  {
    tests: ['test/unit/loadtest/capacity/model.test.ts'],
    mutants: [
      { guard: 'pace-by-scarcest', mutation: { replace: '<', with: '>' }, only: 'no faster than' },
      { guard: 'scarcest-first', mutation: 'remove', only: 'the scarcest first' },
    ],
  },
];
