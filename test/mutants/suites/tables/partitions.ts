import type { MutantGroup } from '../../mutant.ts';

export const partitions: readonly MutantGroup[] = [
  {
    tests: ['test/db/partitions/partitions.test.ts'],
    mutants: [
      { guard: 'leaf-refers-to-leaf', mutation: 'right only', only: 'new events' },
      { guard: 'partitions-limit', mutation: 'never', only: 'everything that the tables had' },
      {
        guard: 'batch-names-leaves',
        mutation: { replace: "(seatsTable ?? '')", with: "('')" },
        only: 'new events are in the new partition',
      },
      {
        guard: 'changes-pruned-in-partition',
        mutation: {
          replace: '((tableoid, ctid) IN (SELECT partition, place FROM due)) IS TRUE',
          with: 'true',
        },
        only: 'pruning',
      },
      {
        guard: 'requests-pruned-in-partition',
        mutation: {
          replace: '((tableoid, ctid) IN (SELECT partition, place FROM due)) IS TRUE',
          with: 'true',
        },
        only: 'pruning',
      },
      {
        guard: 'keys-pruned-in-partition',
        mutation: {
          replace: '((tableoid, ctid) IN (SELECT partition, place FROM judged WHERE NOT stands)) IS TRUE',
          with: 'true',
        },
        only: 'pruning',
      },
      {
        guard: 'keys-postponed-in-partition',
        mutation: {
          replace: '((tableoid, ctid) IN (SELECT partition, place FROM judged WHERE stands)) IS TRUE',
          with: 'true',
        },
        only: 'pruning',
      },
    ],
  },
  {
    tests: ['test/db/partitions/partitions.long.test.ts'],
    mutants: [
      { guard: 'bounds-validated-before-lock', mutation: 'remove', only: 'without reading' },
      { guard: 'rights-kept', mutation: 'remove', only: 'keep their rights' },
      { guard: 'newest-partition-kept', mutation: 'never', only: 'refuses the newest' },
      { guard: 'archived-events-over', mutation: 'remove', only: 'put off meanwhile' },
      { guard: 'archived-a-day-later', mutation: 'never', only: 'refuses the newest' },
      { guard: 'archived-without-holds', mutation: 'never', only: 'refuses the newest' },
    ],
  },
  {
    tests: ['test/db/partitions/pruning.long.test.ts'],
    mutants: [
      {
        guard: 'seat-looked-up-by-key',
        mutation: { replace: ' OFFSET 0', with: '' },
        only: 'reads one partition',
      },
    ],
  },
];
