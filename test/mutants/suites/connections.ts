import type { MutantGroup } from '../mutant.ts';

export const connections: readonly MutantGroup[] = [
  {
    tests: ['test/unit/fanout/send-buffer.test.ts'],
    mutants: [
      {
        guard: 'send-buffer-limit',
        mutation: {
          replace: '!writableNeedDrain || writableLength + bytes <= this.#limits.bufferBytesMax',
          with: 'writableLength + bytes + Number(writableNeedDrain) >= 0',
        },
      },
      { guard: 'full-buffer-refuses', mutation: 'remove' },
      { guard: 'stuck-consumer-reported', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/api/fanout/stuck-consumers.test.ts'],
    mutants: [
      { guard: 'stuck-socket-closed', mutation: { with: 'undefined' }, only: 'does not read for too long' },
      {
        guard: 'unread-pings-limit',
        mutation: 'left only',
        only: 'pings',
      },
    ],
  },
  {
    tests: ['test/api/fanout/slow-consumers.test.ts'],
    mutants: [
      { guard: 'full-socket-not-read', mutation: 'remove', only: 'is not read either' },
      {
        guard: 'unread-responses-limit',
        mutation: 'never',
        only: 'gets no further answer',
      },
    ],
  },
  {
    tests: ['test/unit/transport/keep-alive.test.ts'],
    mutants: [{ guard: 'silent-peer-terminated', mutation: 'remove' }],
  },
  {
    tests: ['test/api/http/http-websocket.test.ts'],
    mutants: [
      { guard: 'socket-message-rate', mutation: 'always', only: 'flood' },
      {
        guard: 'socket-message-size',
        mutation: { replace: 'limits.messageBytesMax', with: '0' },
        only: 'a frame of 70 kB',
      },
      { guard: 'socket-origin', mutation: 'always', only: 'foreign origins' },
      {
        guard: 'client-message-types',
        mutation: { replace: "badRequest('Message type is reserved for the server')", with: 'message' },
        only: 'only a server sends',
      },
    ],
  },
  {
    tests: ['test/api/fanout/shared-protocol.test.ts'],
    mutants: [
      {
        guard: 'operations-per-socket',
        mutation: 'never',
        only: 'completed before it has begun',
      },
      { guard: 'retry-close-code', mutation: { replace: '1013', with: '4500' }, only: '1013' },
      { guard: 'completed-operation-silent', mutation: 'never', only: 'while it was executed' },
    ],
  },
  {
    tests: ['test/unit/transport/client-messages.test.ts'],
    mutants: [
      { guard: 'operation-id-length', mutation: 'never' },
      { guard: 'socket-message-depth', mutation: 'never' },
      {
        guard: 'socket-keeps-authorization-only',
        mutation: { replace: 'pickAuthorization(message.payload)', with: 'message.payload' },
      },
    ],
  },
  {
    tests: ['test/unit/transport/socket-operations.test.ts'],
    mutants: [
      { guard: 'operation-id-unique', mutation: 'never' },
      { guard: 'reused-operation-id', mutation: 'never' },
      { guard: 'shared-operation-finished', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/unit/fanout/shared-results.test.ts'],
    mutants: [{ guard: 'failed-join-releases-source', mutation: 'remove' }],
  },
  {
    tests: ['test/unit/fanout/payload.test.ts'],
    mutants: [
      {
        guard: 'rendered-entry-cost',
        mutation: { replace: 'ENTRY_CHARACTERS', with: '(ENTRY_CHARACTERS && 0)' },
      },
    ],
  },
  {
    tests: ['test/api/http/http-sse.test.ts'],
    mutants: [
      { guard: 'gone-client-takes-no-slot', mutation: 'remove', only: 'left before the answer' },
      { guard: 'head-without-stream', mutation: 'never', only: 'a head alone' },
    ],
  },
  {
    tests: ['test/api/http/http-stop.test.ts'],
    mutants: [
      {
        guard: 'no-stream-while-stopping',
        mutation: { replace: 'aborted', with: 'aborted && this.#isAcquired' },
        only: 'in the same waves',
      },
      { guard: 'no-socket-while-stopping', mutation: 'remove', only: 'in the same waves' },
      {
        guard: 'pending-responses-before-close',
        mutation: 'left only',
        only: 'asked for nothing more',
      },
      { guard: 'leaving-socket-not-read', mutation: 'remove', only: 'asked for nothing more' },
      { guard: 'closed-socket-read-again', mutation: 'remove', only: 'asked for nothing more' },
    ],
  },
  {
    tests: ['test/api/http/http-tokens.test.ts'],
    mutants: [{ guard: 'socket-token-checked-first', mutation: 'remove', only: '1013' }],
  },
  {
    tests: ['test/api/limits/client-limits.test.ts'],
    mutants: [
      {
        guard: 'fragments-per-message',
        mutation: { replace: 'maxFragments: socketLimits.fragmentsMax,', with: '' },
        only: 'of too many fragments',
      },
      {
        guard: 'chunks-per-message',
        mutation: { replace: 'maxBufferedChunks: socketLimits.bufferedChunksMax,', with: '' },
        only: 'byte by byte',
      },
      {
        guard: 'close-timeout',
        mutation: { replace: 'socketLimits.closeTimeoutMs', with: '60_000' },
        only: 'ignores that they are closed',
      },
      {
        guard: 'socket-base-memory',
        mutation: { replace: 'keptLimits.socketBytes', with: '0' },
        only: 'themselves',
      },
    ],
  },
  {
    tests: ['test/unit/transport/unfinished-messages.test.ts'],
    mutants: [{ guard: 'unfinished-message-timeout', mutation: 'never' }],
  },
  {
    tests: ['test/db/traffic/rate-limits.test.ts'],
    mutants: [
      { guard: 'limit-by-buyer', mutation: 'never', only: 'are limited over all addresses' },
      { guard: 'limit-by-address', mutation: 'never', only: 'whatever identities it uses' },
      { guard: 'limit-by-network', mutation: 'never', only: 'are limited for' },
      {
        guard: 'limits-by-ipv6-network',
        mutation: { replace: 'toNetworkPrefix(address, ADDRESS)', with: 'address' },
        only: 'its /64 network',
      },
      {
        guard: 'hashed-limit-keys',
        mutation: { with: 'return text + this.#secret;' },
        only: 'nothing that clients send',
      },
      { guard: 'shared-bucket-empty', mutation: { replace: 'refused == 0', with: 'refused == 1' } },
      { guard: 'empty-bucket-asks-no-redis', mutation: 'never', only: 'is not asked again' },
      { guard: 'limits-without-redis', mutation: { replace: 'nowUs', with: 'Infinity' }, only: 'killed' },
      { guard: 'calls-in-redis-count-without-it', mutation: 'remove', only: 'killed' },
      {
        guard: 'calls-share-scripts',
        mutation: { replace: 'options.callsMax', with: '1' },
        only: 'for the holds of one turn',
      },
      { guard: 'one-log-line-per-burst', mutation: 'never', only: 'makes one log line' },
      { guard: 'request-limit', mutation: 'never', only: 'are limited together' },
      { guard: 'call-limit-of-process', mutation: 'never', only: 'are limited together' },
      { guard: 'call-limit', mutation: 'never', only: 'are limited over all addresses' },
    ],
  },
  {
    tests: ['test/unit/platform/with-timeout.test.ts'],
    mutants: [
      {
        guard: 'own-lag-not-counted',
        mutation: { replace: 'waits === RESPONSE_WAITS', with: 'waits === 1' },
        only: 'has arrived',
      },
    ],
  },
  {
    tests: ['test/db/traffic/bucket-model.test.ts'],
    mutants: [{ guard: 'local-bucket-empty', mutation: 'never' }],
  },
  {
    tests: ['test/api/limits/rate-limits.test.ts'],
    mutants: [
      {
        guard: 'calls-counted',
        mutation: { with: 'return resolve(root, args, ctx, info);' },
        only: 'counts each of 1,000 aliases',
      },
      {
        guard: 'request-counted-first',
        mutation: { with: 'const budget = null;' },
        only: 'before they are parsed',
      },
      { guard: 'socket-message-counted', mutation: 'remove', only: 'before they are parsed' },
      { guard: 'refused-request-status', mutation: 'never', only: 'with 429 and Retry-After' },
      { guard: 'limits-switch', mutation: 'never', only: 'can be switched off' },
    ],
  },
  {
    tests: ['test/api/limits/repeated-calls.test.ts'],
    mutants: [
      { guard: 'repeats-limited', mutation: { with: 'return true;' }, only: 'more of them' },
      { guard: 'repeated-hold-needs-no-seats', mutation: 'never', only: 'no unconfirmed seats' },
      {
        guard: 'used-key-owner',
        mutation: { replace: 'AND buyer_id = ${buyerId}::uuid', with: "AND ${buyerId} <> ''" },
        only: 'own buyer',
      },
    ],
  },
  {
    tests: ['test/db/traffic/held-seats.test.ts'],
    mutants: [
      {
        guard: 'held-seats-limit',
        mutation: { replace: '> tonumber(ARGV[2 + i])', with: '> 1000' },
        only: 'two processes',
      },
      {
        guard: 'expired-seats-not-counted',
        mutation: { replace: "'-inf', now", with: "'-inf', 0" },
        only: 'until the deadline',
      },
      { guard: 'freed-seats-given-back', mutation: 'remove', only: 'when the booking is' },
      {
        guard: 'repeated-hold-counts-once',
        mutation: { replace: 'if isNew', with: 'if true' },
        only: 'count once',
      },
      { guard: 'replaced-seats-given-back', mutation: 'remove', only: 'are replaced' },
      {
        guard: 'refused-seats-given-back',
        mutation: { replace: 'this.#run(giveBack)', with: 'undefined' },
        only: 'hold is refused',
      },
      {
        guard: 'ended-before-counted',
        mutation: { replace: "set(key, ENDED, 'PX', ENDED_TTL_MS, 'GET')", with: 'get(key)' },
        only: 'has counted them',
      },
      {
        guard: 'ended-before-replaced',
        mutation: 'remove',
        only: 'has replaced them',
      },
      { guard: 'held-seats-without-redis', mutation: 'never', only: 'limited in each' },
      {
        guard: 'seats-in-redis-count-without-it',
        mutation: { replace: 'held[i] ?? 0', with: '0' },
        only: 'limited in each',
      },
    ],
  },
];
