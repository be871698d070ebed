import { findProgram, type FoundProgram } from '../packages/find-program.ts';

/** Finds Redis or Valkey in PATH or in the cache, else downloads the distribution's package. */
export function findRedis(): Promise<FoundProgram> {
  return findProgram({
    title: 'Redis',
    cacheName: 'redis',
    programs: ['redis-server', 'valkey-server'],
    folder: 'usr/bin',
    packages: [
      { name: 'redis-server', dependencies: ['redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'] },
      { name: 'valkey-server', dependencies: [] },
    ],
    version: { argument: '--version', pattern: /\bv=([\d.]+)/ },
    advice:
      'Sellout requires Redis or Valkey 7 or newer. Do one of the following, then start again:\n' +
      '  apt-get install redis-server        installs redis-server (on macOS: brew install redis)\n' +
      '  REDIS_URL=redis://host:6379         uses a Redis that runs elsewhere',
  });
}
