import type { MutantGroup } from '../mutant.ts';

export const graphqlEngine: readonly MutantGroup[] = [
  {
    tests: ['test/api/http/http-sse.test.ts'],
    mutants: [
      {
        guard: 'subscription-memory',
        mutation: 'never',
        only: 'take little memory',
      },
    ],
  },
  {
    tests: ['test/unit/fanout/shared-operation.test.ts'],
    mutants: [
      {
        guard: 'shared-fields-marked',
        mutation: {
          replace: "field?.extensions['shared']",
          with: "(field?.extensions['shared'] ?? { resumesBy: '' })",
        },
      },
      { guard: 'no-sharing-with-root-directives', mutation: 'remove' },
      {
        guard: 'shared-operation-key',
        mutation: { replace: 'JSON.stringify(shaping)', with: 'shaping.length' },
      },
      { guard: 'shared-operation-key', mutation: { replace: 'query', with: 'query.length < 0' } },
      { guard: 'shared-key-operation-name', mutation: 'right only' },
      { guard: 'shared-key-resume-variable', mutation: 'always' },
      { guard: 'shared-operation-key', mutation: { replace: "hash('sha256',", with: "''.concat(" } },
    ],
  },
  {
    tests: ['test/api/mutations/committed-mutations.test.ts'],
    mutants: [
      {
        guard: 'committed-errors-reported',
        mutation: 'always',
        only: 'whose result cannot be read',
      },
    ],
  },
  {
    tests: ['test/api/http/http-tokens.test.ts'],
    mutants: [
      {
        guard: 'private-subscription-ends-with-token',
        mutation: 'never',
        only: 'a token that expires',
      },
      {
        guard: 'public-subscription-outlives-token',
        mutation: 'always',
        only: 'and nothing else',
      },
    ],
  },
  {
    tests: ['test/unit/graphql/token-expiry.test.ts'],
    mutants: [
      { guard: 'private-subscription-ends-with-revocation', mutation: 'remove', only: 'is revoked' },
      { guard: 'token-timer-cap', mutation: { replace: 'min(leftMs,', with: 'max(leftMs, leftMs %' } },
    ],
  },
  {
    tests: ['test/api/routes/switches.test.ts'],
    mutants: [{ guard: 'introspection-switch', mutation: 'remove' }],
  },
  {
    tests: ['test/unit/graphql/execution/coerce-variables.test.ts'],
    mutants: [
      {
        guard: 'variable-errors-limit',
        mutation: { replace: 'errorLimits.reportedMax', with: '1e6' },
        only: 'a few of many',
      },
      {
        guard: 'null-variable-of-non-null-type',
        mutation: { replace: 'value === null ?', with: 'false ?' },
      },
      { guard: 'unknown-input-fields', mutation: 'always' },
    ],
  },
  {
    tests: ['test/unit/graphql/execution/execution.test.ts'],
    mutants: [
      { guard: 'mutations-in-order', mutation: 'never' },
      { guard: 'null-propagation', mutation: 'never' },
      { guard: 'null-of-non-null-field', mutation: 'always' },
      { guard: 'runtime-type-checked', mutation: 'never' },
    ],
  },
  {
    tests: ['test/unit/graphql/execution/operation-plan.test.ts'],
    mutants: [
      { guard: 'plan-by-conditions', mutation: 'remove' },
      { guard: 'planned-fields-limit', mutation: 'never' },
      { guard: 'proto-response-name', mutation: 'never' },
      { guard: 'rejected-items-handled', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/unit/graphql/execution/operation-cost.test.ts'],
    mutants: [
      { guard: 'cost-by-variables', mutation: 'never', only: 'of each request' },
      { guard: 'operation-cost', mutation: 'always', only: 'is limited' },
    ],
  },
  {
    tests: ['test/unit/graphql/prepare-document.test.ts'],
    mutants: [{ guard: 'valid-documents-only', mutation: 'never' }],
  },
  {
    tests: ['test/api/limits'],
    mutants: [
      {
        guard: 'validation-errors-limit',
        mutation: { replace: '}', with: '* 1e6 }' },
        only: 'a few mistakes',
      },
    ],
  },
  {
    tests: ['test/unit/graphql/request-bounds-documents.test.ts', 'test/unit/graphql/request-bounds.test.ts'],
    mutants: [
      { guard: 'document-length', mutation: 'never' },
      { guard: 'document-lines', mutation: 'never' },
      { guard: 'document-depth', mutation: 'remove' },
      {
        guard: 'unused-fragments-measured',
        mutation: 'left only',
      },
      { guard: 'fields-per-name', mutation: { replace: '(counts.get(name) ?? 0) +', with: '' } },
      { guard: 'error-message-length', mutation: 'always' },
      { guard: 'errors-per-response', mutation: 'right only' },
      { guard: 'errors-total-length', mutation: 'left only' },
      { guard: 'committed-error-first', mutation: { replace: '(b', with: '(a' } },
      { guard: 'values-per-request', mutation: 'remove' },
      { guard: 'alias-length', mutation: 'right only' },
    ],
  },
  {
    tests: ['test/api/routes/client-errors-log.test.ts'],
    mutants: [
      { guard: 'error-logged-once', mutation: 'remove' },
      { guard: 'unstorable-text', mutation: 'never' },
    ],
  },
  {
    tests: ['test/unit/graphql/document-limits.test.ts'],
    mutants: [
      {
        guard: 'document-cache-bytes',
        mutation: { replace: 'sizeMax: bytesMax', with: 'sizeMax: 1e12' },
      },
    ],
  },
];
