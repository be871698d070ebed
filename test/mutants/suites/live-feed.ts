import type { MutantGroup } from '../mutant.ts';

export const liveFeed: readonly MutantGroup[] = [
  {
    tests: ['test/unit/live-feed/live-feed-history.test.ts'],
    mutants: [
      { guard: 'poll-repairs', mutation: { replace: 'else this.#checkHistory(found);', with: '' } },
      { guard: 'known-message-checked', mutation: { replace: 'this.#checkHistory(message)', with: '' } },
      {
        guard: 'change-continues-map',
        mutation: { replace: 'previousBatchId !== this.#batchId', with: 'fromVersion !== this.#version' },
      },
      { guard: 'other-history-reread', mutation: 'never' },
      { guard: 'gap-of-lost-history', mutation: 'remove' },
      {
        guard: 'known-map-not-resent',
        mutation: { replace: 'evenIfOlder ? map.batchId === this.#batchId :', with: '!evenIfOlder &&' },
      },
      { guard: 'no-resume-from-ambiguous-version', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/unit/fanout/seat-channel.test.ts'],
    mutants: [
      { guard: 'no-shared-resume-from-ambiguous-version', mutation: 'remove' },
      { guard: 'kept-resumes-limit', mutation: { replace: 'fanoutLimits.resumesCachedMax', with: '1_000' } },
      {
        guard: 'payload-of-operation',
        mutation: { replace: ' && last.key === operation.key', with: '' },
        only: 'once per operation',
      },
    ],
  },
  {
    tests: ['test/unit/transport/text-frame.test.ts'],
    mutants: [
      {
        guard: 'text-frame-ascii',
        mutation: { replace: 'headBytes === head.length && tailBytes === tailText.length', with: 'true' },
      },
    ],
  },
  {
    tests: ['test/db/seating/seat-details.test.ts'],
    mutants: [
      {
        guard: 'retained-seats-limit',
        mutation: 'never',
      },
      { guard: 'unretained-seats-dropped', mutation: 'remove' },
      { guard: 'unretained-venues-dropped', mutation: { replace: 'limits.unusedSeatsMax', with: '1e9' } },
    ],
  },
  {
    tests: ['test/unit/seating/seat-updates.test.ts'],
    mutants: [
      { guard: 'no-early-flush-on-snapshot', mutation: 'remove' },
      {
        guard: 'no-early-flush-on-subscribe',
        mutation: { replace: 'return', with: 'this.#unsent.flush();\n    return' },
      },
      { guard: 'stopped-feed-releases-waiters', mutation: 'remove' },
      { guard: 'buffered-messages-delivered', mutation: 'remove' },
      { guard: 'complete-resume', mutation: 'left only' },
      { guard: 'resume-versions-limit', mutation: { replace: 'behind > RESUME_VERSIONS_MAX ||', with: '' } },
    ],
  },
  {
    tests: ['test/unit/seating/mailbox-overflow.test.ts', 'test/unit/seating/mailbox.test.ts'],
    mutants: [
      { guard: 'slow-subscriber-waits', mutation: 'remove' },
      { guard: 'mailbox-limit', mutation: { replace: 'this.#limit', with: '1e9' } },
      { guard: 'overflowed-mailbox-silent', mutation: 'left only' },
    ],
  },
  {
    tests: ['test/unit/live-feed/live-feed-repair.test.ts'],
    mutants: [
      { guard: 'change-continues-map', mutation: 'never' },
      { guard: 'known-message-checked', mutation: 'remove' },
      { guard: 'change-during-read-kept', mutation: { replace: 'this.#early.add(message)', with: '' } },
      {
        guard: 'subscribe-before-read',
        mutation: { replace: 'this.#subscription.ready', with: 'Promise.resolve()' },
      },
      { guard: 'own-event-only', mutation: 'remove' },
      { guard: 'change-applied-whole', mutation: 'remove' },
      {
        guard: 'gap-in-record',
        mutation: {
          replace: 'change.previousBatchId !== this.#batchId || !this.#advance(change)',
          with: '!this.#advance(change) && this.#version < 0',
        },
      },
      { guard: 'poll-repairs', mutation: { replace: 'versionBefore', with: '-1' } },
      { guard: 'one-repair-at-a-time', mutation: { replace: '!wasRepairing && ', with: '' } },
      { guard: 'gap-during-repair', mutation: { replace: 'waiting', with: 'live' } },
      { guard: 'failing-subscriber-isolated', mutation: { with: 'throw error;' } },
      { guard: 'polling', mutation: 'never', only: 'polling' },
    ],
  },
  {
    tests: ['test/unit/live-feed/live-feed-gaps.test.ts'],
    mutants: [
      { guard: 'gap-steps-limit', mutation: { replace: ', GAP_STEPS_MAX', with: '' } },
      { guard: 'progressing-feed-not-repaired', mutation: 'always' },
      { guard: 'gap-timer-restarts', mutation: { replace: 'else this.start();', with: '' } },
    ],
  },
  {
    tests: ['test/db/seating/live-feed.test.ts'],
    mutants: [{ guard: 'resume-behind-client', mutation: 'always', only: 'newer version on another node' }],
  },
  {
    tests: ['test/unit/live-feed/live-feed-properties.test.ts'],
    mutants: [{ guard: 'changes-on-tick', mutation: 'always', only: 'once per tick' }],
  },
];
