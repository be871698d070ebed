import type { MutantGroup } from '../mutant.ts';

export const identity: readonly MutantGroup[] = [
  {
    tests: ['test/api/http/revoked-tokens.test.ts'],
    mutants: [
      { guard: 'revocation-empties-cache', mutation: 'remove', only: 'ends the private subscriptions' },
    ],
  },
  {
    tests: ['test/db/catalog/revocations.test.ts'],
    mutants: [
      { guard: 'unread-revocations-refuse', mutation: 'remove', only: 'have been read once' },
      { guard: 'revoked-token-refused', mutation: 'remove', only: 'once it is revoked' },
      { guard: 'revoked-by-token-id', mutation: 'remove', only: 'no other token' },
      {
        guard: 'later-token-not-revoked',
        mutation: 'left only',
        only: 'no later one',
      },
      {
        guard: 'late-revocations-read',
        mutation: { replace: ' - OVERLAP_MS', with: '' },
        only: 'committed after a later one',
      },
      {
        guard: 'revocations-limit',
        mutation: { replace: '<= ${revocationsMax}', with: '<> ${revocationsMax} - 1 + 0 *' },
        only: 'limited in number',
      },
    ],
  },
  {
    tests: ['test/db/catalog/guests.test.ts'],
    mutants: [
      {
        guard: 'guest-session-writes-nothing',
        mutation: { replace: '#sign(', with: 'issue(' },
        only: 'without any statement',
      },
      {
        guard: 'guest-stored-at-first-hold',
        mutation: { replace: 'created.map((b) => b.buyerId)', with: '[] as string[]' },
        only: 'by its first hold',
      },
      {
        guard: 'user-row-kept',
        mutation: { replace: 'ON CONFLICT DO NOTHING', with: '' },
        only: 'identity provider',
      },
      {
        guard: 'buyer-not-pruned',
        mutation: { replace: "NOT IN ('EXPIRED', 'RELEASED')", with: 'IS NULL' },
        only: 'has bought',
      },
      {
        guard: 'former-organizer-not-pruned',
        mutation: { replace: 'SELECT FROM venues WHERE organizer_id = due.id', with: 'SELECT WHERE false' },
        only: 'was an organizer',
      },
    ],
  },
  {
    tests: ['test/db/catalog/identity.test.ts'],
    mutants: [
      {
        guard: 'unreachable-provider-keeps-tokens',
        mutation: { replace: 'UncheckedTokenError', with: 'InvalidTokenError' },
      },
      { guard: 'unstored-viewer-not-cached', mutation: 'always', only: 'after writes were off' },
      { guard: 'key-set-size', mutation: 'never' },
      { guard: 'key-set-count', mutation: 'never' },
      {
        guard: 'key-set-timeout',
        mutation: { replace: 'keySetLimits.timeoutMs', with: '600_000' },
        only: 'does not respond',
      },
      { guard: 'failing-provider-backoff', mutation: 'never' },
      { guard: 'provider-error-log-rate', mutation: 'remove' },
      { guard: 'hopeless-token-asks-no-provider', mutation: 'remove' },
      {
        guard: 'subject-format',
        mutation: 'left only',
      },
    ],
  },
];
