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
  {
    tests: ['test/unit/web/ahead.test.ts'],
    mutants: [
      { guard: 'early-answer-used-once', mutation: 'remove' },
      { guard: 'early-failure-repeated', mutation: { replace: 'this.#load(key)', with: 'started.answer' } },
    ],
  },
  {
    tests: ['test/unit/web/follow.test.ts'],
    mutants: [{ guard: 'subscribed-again-once', mutation: 'remove' }],
  },
  {
    tests: ['test/web/outages.test.ts'],
    mutants: [{ guard: 'news-looked-for-again', mutation: 'never', only: 'found by another look' }],
  },
  {
    tests: ['test/web/waiting-room.test.ts'],
    mutants: [{ guard: 'turn-sounds', mutation: 'remove', only: 'who waits sees the number' }],
  },
  {
    tests: ['test/web/read-only.test.ts'],
    mutants: [
      { guard: 'hold-read-after-outage', mutation: 'remove' },
      { guard: 'countdown-stands-in-outage', mutation: 'never' },
    ],
  },
];
