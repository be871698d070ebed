import type { MutantGroup } from '../mutant.ts';

export const seatFeed: readonly MutantGroup[] = [
  {
    tests: ['test/unit/seat-feed/seat-feed.test.ts'],
    mutants: [
      { guard: 'resume-from-version', mutation: 'never' },
      { guard: 'connection-age-reset', mutation: 'remove' },
      {
        guard: 'one-subscription-per-page',
        mutation: 'left only',
      },
      { guard: 'dead-connection-abandoned', mutation: 'remove' },
      { guard: 'resume-from-version', mutation: 'always' },
      { guard: 'left-subscription-ignored', mutation: 'always' },
    ],
  },
  {
    tests: ['test/unit/seat-feed/seat-feed-transport.test.ts'],
    mutants: [
      {
        guard: 'dead-connection-detected',
        mutation: { replace: '!received', with: 'received && !connected' },
      },
    ],
  },
  {
    tests: ['test/unit/seat-feed/seat-feed-map.test.ts'],
    mutants: [
      {
        guard: 'missed-version-detected',
        mutation: 'left only',
      },
      { guard: 'known-update-dropped', mutation: 'remove' },
    ],
  },
];
