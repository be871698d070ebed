import type { MutantGroup } from '../mutant.ts';

export const identity: readonly MutantGroup[] = [
  {
    tests: ['test/db/catalog/identity.test.ts'],
    mutants: [
      {
        guard: 'unreachable-provider-keeps-tokens',
        mutation: { replace: 'UncheckedTokenError', with: 'InvalidTokenError' },
      },
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
