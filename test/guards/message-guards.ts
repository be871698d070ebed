import type { Guard } from './guard.ts';

const pubsub = { file: 'src/pubsub/pubsub.ts', tests: ['test/db/closing-pubsub'] };
const republish = {
  file: 'src/workers/republish.ts',
  tests: ['test/db/republish.test'],
  only: 'not counted',
};

/** Of what lies between a commit and those who are told of it: Redis that is away, hangs or refuses; reads that fail. */
export const messageGuards: readonly Guard[] = [
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
    file: 'src/booking/expire-holds.ts',
    find: 'void ctx.pubsub.publishSeatsChanged',
    replace: 'await ctx.pubsub.publishSeatsChanged',
    tests: ['test/db/expiring'],
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
