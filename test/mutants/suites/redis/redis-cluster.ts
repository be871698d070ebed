import type { MutantGroup } from '../../mutant.ts';

export const redisCluster: readonly MutantGroup[] = [
  {
    tests: ['test/unit/platform/config.test.ts'],
    mutants: [{ guard: 'one-redis-setting', mutation: 'never', only: 'is not both' }],
  },
  {
    tests: ['test/db/redis/check-redis.test.ts'],
    mutants: [
      { guard: 'cluster-node-refused', mutation: 'never', only: 'refuses a node of a cluster' },
      { guard: 'single-redis-refused', mutation: 'never', only: 'refuses one Redis' },
      { guard: 'mixed-clusters-refused', mutation: 'never', only: 'refuses nodes of two clusters' },
      { guard: 'api-redis-check', mutation: 'remove', only: 'keeps the API' },
      { guard: 'worker-redis-check', mutation: 'remove', only: 'keeps the worker' },
    ],
  },
  {
    tests: ['test/db/redis/cluster.test.ts'],
    mutants: [
      {
        guard: 'cluster-command-sent-once',
        mutation: { replace: '0', with: '100' },
        only: 'runs no command twice',
      },
      { guard: 'cluster-fails-at-once', mutation: 'never', only: 'fail all commands at once' },
      { guard: 'published-by-the-node-of-the-event', mutation: 'never', only: 'delays no messages' },
      {
        guard: 'limits-ask-other-nodes',
        mutation: { with: 'const [at] = this.#askAgainAtMs.values();' },
        only: 'delays no messages',
      },
      { guard: 'cluster-slots-served', mutation: 'never', only: 'the check of readiness' },
      { guard: 'subscriber-moves-on', mutation: 'remove', only: 'is left by subscribers' },
      { guard: 'unreachable-watermark-skipped', mutation: 'never', only: 'being republished' },
    ],
  },
  {
    tests: ['test/db/booking/request-queue.test.ts'],
    mutants: [
      {
        guard: 'known-queues-consumed',
        mutation: { replace: ', ...this.#lanes.keys()', with: '' },
        only: 'list of active events is lost',
      },
    ],
  },
];
