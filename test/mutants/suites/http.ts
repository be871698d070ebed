import type { MutantGroup } from '../mutant.ts';

export const http: readonly MutantGroup[] = [
  {
    tests: ['test/unit/http/end-together.test.ts'],
    mutants: [
      { guard: 'responses-waiting', mutation: 'never' },
      { guard: 'long-turn-delays-none', mutation: 'never' },
      {
        guard: 'answers-in-no-request',
        mutation: { replace: 'runInRequest(undefined, ', with: '[0].forEach(' },
      },
    ],
  },
  {
    tests: ['test/api/routes/shop-route.test.ts'],
    mutants: [
      {
        guard: 'layout-preloaded-on-sale',
        mutation: { replace: 'seats?.isOnSale === true', with: 'seats !== null' },
      },
      {
        guard: 'page-of-a-public-event',
        mutation: { replace: 'seats !== null', with: 'true' },
        only: 'not public',
      },
      {
        guard: 'host-in-policy',
        mutation: { replace: '/^[\\w.:[\\]-]{1,255}$/.test(host)', with: 'true' },
        only: 'hostile Host',
      },
    ],
  },
  {
    tests: ['test/api/http/http-websocket.test.ts'],
    mutants: [{ guard: 'connections-per-address', mutation: 'never', only: 'limited by address' }],
  },
  {
    tests: ['test/api/http/http-proxies.test.ts'],
    mutants: [
      {
        guard: 'ipv6-network-as-address',
        mutation: { replace: 'toAddressKey', with: 'address || toAddressKey' },
      },
    ],
  },
  {
    tests: ['test/api/http/http-requests.test.ts'],
    mutants: [
      {
        guard: 'other-upgrade-ignored',
        mutation: { replace: "?.toLowerCase() === 'websocket'", with: '!== undefined' },
        only: 'another protocol',
      },
    ],
  },
  {
    tests: ['test/api/http/http-headers.test.ts'],
    mutants: [{ guard: 'vary-appended', mutation: { replace: 'appendHeader', with: 'setHeader' } }],
  },
  {
    tests: ['test/api/routes/api-roles.test.ts'],
    mutants: [
      { guard: 'http-operation-served', mutation: 'never', only: 'over HTTP with 421' },
      { guard: 'socket-operation-served', mutation: 'never', only: 'over a WebSocket, which stays open' },
      { guard: 'upgrade-served', mutation: 'never', only: 'refuses subscriptions with 421' },
      { guard: 'routes-served', mutation: 'never', only: 'refuses pages and maps' },
      { guard: 'pools-by-role', mutation: 'always', only: 'fewer connections' },
    ],
  },
  {
    tests: ['test/api/http/http-media-types.test.ts'],
    mutants: [
      { guard: 'request-media-type', mutation: 'never', only: 'the media type of a body' },
      { guard: 'acceptable-before-execution', mutation: 'remove', only: 'before a mutation is executed' },
      { guard: 'subscription-needs-stream', mutation: 'remove', only: 'event stream alone' },
      { guard: 'mutations-by-post', mutation: 'never', only: 'runs no mutation' },
    ],
  },
  {
    tests: ['test/unit/transport/accept.test.ts'],
    mutants: [
      {
        guard: 'exact-media-type',
        mutation: {
          replace: "range.type === 'application/json'",
          with: "(contentType ?? '').includes('application/json')",
        },
      },
    ],
  },
  {
    tests: ['test/api/http/http-tokens.test.ts'],
    mutants: [
      {
        guard: 'invalid-token-refuses-request',
        mutation: {
          replace: '!(error instanceof InvalidTokenError)) throw error',
          with: 'error instanceof InvalidTokenError) return null',
        },
        only: 'is refused whole',
      },
      { guard: 'invalid-token-acknowledged-on-socket', mutation: 'remove', only: 'is acknowledged' },
      { guard: 'unchecked-token-retried', mutation: 'never', only: 'over HTTP and as a stream' },
    ],
  },
  {
    tests: ['test/api/routes/readiness.test.ts'],
    mutants: [
      {
        guard: 'outage-503',
        mutation: 'never',
      },
    ],
  },
  {
    tests: ['test/unit/transport/request-listener.test.ts'],
    mutants: [
      {
        guard: 'completed-request-not-aborted',
        mutation: { replace: '&& !req.complete', with: '' },
      },
      { guard: 'outage-503', mutation: { replace: '!hasLeft && ', with: '' }, only: 'breaks off' },
    ],
  },
  {
    tests: ['test/unit/graphql/request-bounds-documents.test.ts', 'test/unit/graphql/request-bounds.test.ts'],
    mutants: [
      { guard: 'memory-per-socket', mutation: 'remove' },
      { guard: 'memory-per-address', mutation: 'remove' },
      { guard: 'memory-of-process', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/unit/http/connection-limits.test.ts'],
    mutants: [{ guard: 'idle-connections-make-room', mutation: 'remove' }],
  },
  {
    tests: ['test/api/limits/client-limits.test.ts'],
    mutants: [
      {
        guard: 'tcp-connections-per-address',
        mutation: { replace: 'address', with: 'String(Math.random())' },
        only: 'of one address are limited',
      },
      { guard: 'gone-client-takes-no-memory', mutation: 'remove', only: 'while its token is checked' },
      {
        guard: 'waiting-response-counted',
        mutation: { replace: "res.once('close', ctx.memory.add(address, bytes))", with: 'void 0' },
        only: 'what its response takes',
      },
      { guard: 'inactive-client-timeout', mutation: 'remove', only: 'does not read its responses' },
    ],
  },
  {
    tests: ['test/api/failures/database-stalls.test.ts'],
    mutants: [{ guard: 'busy-503', mutation: { replace: '!', with: '' }, only: '503' }],
  },
  {
    tests: ['test/api/routes/seat-map-route.test.ts'],
    mutants: [{ guard: 'not-modified', mutation: 'never', only: '304' }],
  },
];
