import type { MutantGroup } from '../../mutant.ts';

export const sentinels: readonly MutantGroup[] = [
  {
    tests: ['test/db/redis/sentinels.test.ts'],
    mutants: [
      { guard: 'sentinel-refused', mutation: 'never', only: 'refuses a sentinel as REDIS_URL' },
      { guard: 'last-failover-detector', mutation: 'remove', only: 'every connection finds' },
      { guard: 'sentinel-recognized', mutation: 'never', only: 'accepts sentinels' },
      { guard: 'other-redis-as-sentinel-refused', mutation: 'never', only: 'refuses a Redis as a sentinel' },
      { guard: 'unknown-master-refused', mutation: 'never', only: 'a sentinel does not know' },
    ],
  },
  {
    tests: ['test/faults/cluster/old-primary.long.test.ts'],
    mutants: [
      {
        guard: 'promotion-hears-every-standby',
        mutation: 'right only',
        only: 'detached too late',
      },
      { guard: 'standbys-asked-before-detaching', mutation: 'never', only: 'leaves standbys attached' },
      { guard: 'detached-standby-follows', mutation: { with: '' }, only: 'detached too late' },
      { guard: 'copy-of-the-present-primary', mutation: 'never', only: 'copies the primary again' },
    ],
  },
];
