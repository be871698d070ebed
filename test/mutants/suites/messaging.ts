import type { MutantGroup } from '../mutant.ts';

export const messaging: readonly MutantGroup[] = [
  {
    tests: ['test/db/messaging/republish.test.ts'],
    mutants: [
      { guard: 'watermark-lowered', mutation: 'remove', only: 'is lowered' },
      {
        guard: 'watermark-read-before-version',
        mutation: { replace: 'get(eventId)?.version ?? watermark', with: 'size > 0 ? watermark - 1 : 0' },
        only: 'is not lowered',
      },
      { guard: 'republish-stops-on-failure', mutation: 'remove', only: 'not counted' },
      {
        guard: 'unpublished-not-counted',
        mutation: { replace: 'return i', with: 'continue' },
        only: 'not counted',
      },
      {
        guard: 'watermark-never-lowered',
        mutation: { replace: 'watermark and watermark >= version', with: 'false' },
        only: 'never lowered',
      },
    ],
  },
  {
    tests: ['test/unit/seating/booking-updates.test.ts'],
    mutants: [
      { guard: 'booking-read-retried', mutation: { replace: '=== TRIES_MAX', with: '> 0' } },
      { guard: 'booking-read-tries', mutation: { replace: '6', with: '1e9' }, only: 'again and again' },
      { guard: 'lasting-error-not-retried', mutation: 'right only' },
      { guard: 'concurrent-booking-reads', mutation: { replace: 'READS_MAX', with: '1e9' } },
      { guard: 'no-read-for-closed-subscriber', mutation: 'never' },
    ],
  },
  {
    tests: ['test/db/seating/subscribing.test.ts'],
    mutants: [
      { guard: 'refused-topic-retried', mutation: 'remove', only: 'when Redis allows it' },
      { guard: 'subscribe-failure-handled', mutation: { with: 'throw error;' }, only: 'can be closed' },
      { guard: 'resubscribe-on-ready', mutation: 'remove', only: 'subscribes again' },
      { guard: 'dropped-topic-not-retried', mutation: 'remove', only: 'was unsubscribed' },
      { guard: 'dropped-topic-not-refused', mutation: 'remove', only: 'was unsubscribed' },
      { guard: 'redis-ping', mutation: 'always', only: 'is dead' },
      {
        guard: 'redis-socket-timeout',
        mutation: { replace: 'socketTimeout: 5_000,', with: '' },
        only: 'is dead',
      },
    ],
  },
  {
    tests: ['test/db/messaging/closing-publisher.test.ts'],
    mutants: [
      { guard: 'publishing-finishes-before-close', mutation: 'remove' },
      { guard: 'publishing-wait', mutation: { replace: '1_000', with: '1_000_000' } },
    ],
  },
  {
    tests: ['test/db/database/background-plans.test.ts'],
    mutants: [
      {
        guard: 'recent-by-time-index',
        mutation: { replace: '> statement_timestamp', with: '> clock_timestamp' },
        only: 'recent records',
      },
      {
        guard: 'recent-grouped-separately',
        mutation: { replace: 'MATERIALIZED', with: 'NOT MATERIALIZED' },
        only: 'recent records',
      },
    ],
  },
  {
    tests: ['test/db/messaging/foreign-messages.test.ts'],
    mutants: [
      {
        guard: 'foreign-message-dropped',
        mutation: { replace: 'parse(received)', with: 'received as Message' },
      },
    ],
  },
  {
    tests: ['test/db/messaging/watermark-order.test.ts'],
    mutants: [
      {
        guard: 'watermark-after-publish',
        mutation: {
          replace: 'redis',
          with: 'watermarks.raise(message.eventId, message.version);\n        await redis',
        },
      },
    ],
  },
  {
    tests: ['test/db/messaging/republish-gaps.test.ts'],
    mutants: [
      {
        guard: 'republish-single-versions',
        mutation: { replace: '.filter((change) => change.version === change.fromVersion + 1)', with: '' },
      },
    ],
  },
];
