import { findProgram, type FoundProgram } from '../local/packages/find-program.ts';

/** Finds HAProxy in PATH or in the cache, else downloads the distribution's package. */
export function findHaproxy(): Promise<FoundProgram> {
  return findProgram({
    title: 'HAProxy',
    cacheName: 'haproxy',
    programs: ['haproxy'],
    folder: 'usr/sbin',
    packages: [{ name: 'haproxy', dependencies: ['liblua5.3-0', 'libopentracing-c-wrapper0'] }],
    version: { argument: '-v', pattern: /^HA-?Proxy version (\d[\w.]*)/ },
    advice: 'Install HAProxy 2.4 or newer (apt-get install haproxy), then start again.',
  });
}
