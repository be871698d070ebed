import type { Guard } from './guard.ts';

const topics = { file: 'src/messaging/topic-subscriptions.ts', tests: ['test/db/seating/subscribing'] };
const pubsub = { file: 'src/messaging/pubsub.ts', tests: ['test/db/messaging/closing-pubsub'] };
const redis = {
  file: 'src/platform/redis/redis.ts',
  tests: ['test/db/seating/subscribing'],
  only: 'is dead',
};
const republish = {
  file: 'src/workers/republish.ts',
  tests: ['test/db/republish.test'],
  only: 'not counted',
};
const booking = { file: 'src/seating/live/booking-updates.ts', tests: ['test/unit/seating/booking-updates'] };

/** Of what lies between a commit and those who are told of it: Redis that is away, hangs or refuses; reads that fail. */
export const messageGuards: readonly Guard[] = [
  {
    name: 'a booking that could not be read is read again',
    ...booking,
    find: 'tries === TRIES_MAX',
    replace: 'tries > 0',
  },
  {
    name: 'a booking that cannot be read ends what follows it',
    ...booking,
    find: 'const TRIES_MAX = 6;',
    replace: 'const TRIES_MAX = 1e9;',
    only: 'again and again',
  },
  {
    name: 'an error that will not pass is no reason to read again',
    ...booking,
    find: '!isPassing(failure) ||',
    replace: '',
  },
  {
    name: 'bookings that are read at once are bounded',
    ...booking,
    find: 'new Limiter(READS_MAX)',
    replace: 'new Limiter(1e9)',
  },
  {
    name: 'bookings are not read for those who have left',
    ...booking,
    find: 'closing.aborted ? null : { booking: await read() },',
    replace: '({ booking: await read() }),',
  },
  {
    name: 'a booking is followed by its buyer only',
    file: 'src/graphql/operations/subscriptions/bookingUpdates.ts',
    find: ', buyerId: callerOf(ctx).userId',
    replace: '',
    tests: ['test/api/fanout/subscriptions'],
    only: 'can’t be followed',
  },
  {
    name: 'a topic that Redis refuses is asked for again',
    ...topics,
    find: 'this.#refused.add(topic);',
    replace: '',
    only: 'when Redis allows it',
  },
  {
    name: 'a SUBSCRIBE that fails is handled',
    ...topics,
    find: 'this.#failed(topic, error);',
    replace: 'throw error;',
    only: 'can be closed',
  },
  {
    name: 'a new connection asks for all topics',
    ...topics,
    find: "redis.on('ready', () => this.#askForAll());",
    replace: '',
    only: 'subscribes anew',
  },
  {
    name: 'a topic that was let go is not asked for again',
    ...topics,
    find: 'this.#wanted.delete(name);\n    this.#refused.delete(topic);',
    replace: 'this.#wanted.delete(name);',
    only: 'was let go',
  },
  {
    name: 'a topic that was let go before it was refused is not asked for again',
    ...topics,
    find: 'if (this.#wanted.get(topic.name) !== topic) return;',
    replace: '',
    only: 'was let go',
  },
  {
    name: 'a connection that listens is made to answer',
    ...redis,
    find: "if (redis.status !== 'ready') return;",
    replace: 'return;',
  },
  {
    name: 'silence of Redis is noticed',
    ...redis,
    find: 'socketTimeout: 5_000,',
    replace: '',
  },
  {
    name: 'what is being published gets out before closing',
    ...pubsub,
    find: "await withDeadline(Promise.all(publishing), PUBLISHING_WAIT_MS, 'publishing');",
    replace: '',
  },
  {
    name: 'closing waits for what is being published for a second at most',
    ...pubsub,
    find: 'const PUBLISHING_WAIT_MS = 1_000;',
    replace: 'const PUBLISHING_WAIT_MS = 1_000_000;',
  },
  {
    name: 'expiring does not wait for publishing',
    file: 'src/booking/expiry/expire-batch.ts',
    find: 'void ctx.pubsub.publishSeatsChanged',
    replace: 'await ctx.pubsub.publishSeatsChanged',
    tests: ['test/db/booking/expiring'],
  },
  {
    name: 'republishing stops where Redis takes no more',
    ...republish,
    find: 'if (failed) return { changes: published, failed };',
    replace: '',
  },
  {
    name: 'what Redis did not take does not count as republished',
    ...republish,
    find: 'if (!(await ctx.pubsub.publishSeatsChanged(change))) return i;',
    replace: 'if (!(await ctx.pubsub.publishSeatsChanged(change))) continue;',
  },
];
