import type { MutantGroup } from '../mutant.ts';

export const operating: readonly MutantGroup[] = [
  {
    tests: ['test/api/fanout/shared-viewers.test.ts'],
    mutants: [
      {
        guard: 'shared-error-request-id',
        mutation: { replace: 'uuidV7()', with: "'viewer-one'" },
        only: 'the request of none',
      },
    ],
  },
  {
    tests: ['test/unit/transport/graphiql-page.test.ts'],
    mutants: [
      {
        guard: 'graphiql-missing-input',
        mutation: { replace: 'if (missing) return hint(hints[missing]);', with: '' },
      },
      { guard: 'graphiql-forgets-refused-token', mutation: { replace: "forget('token');", with: '' } },
    ],
  },
  {
    tests: ['test/unit/transport/graphiql-tabs.test.ts'],
    mutants: [
      { guard: 'graphiql-tab-responses', mutation: { replace: 'isVisible() &&', with: '' } },
      { guard: 'graphiql-closed-tab', mutation: { replace: 'tabRuns.stop(c[o]);', with: '' } },
    ],
  },
  {
    tests: ['test/api/routes/switches.test.ts'],
    mutants: [{ guard: 'graphiql-switch', mutation: 'always' }],
  },
  {
    tests: ['test/api/routes/metrics.test.ts'],
    mutants: [{ guard: 'metrics-off-by-default', mutation: 'never' }],
  },
  {
    tests: ['test/unit/transport/connection-drainer.test.ts'],
    mutants: [
      { guard: 'connection-age-jitter', mutation: { replace: '(0.5 + Math.random() / 2)', with: '1' } },
      { guard: 'closed-connection-forgotten', mutation: 'remove' },
    ],
  },
  {
    tests: ['test/unit/platform/config.test.ts'],
    mutants: [
      {
        guard: 'config-secrets-hidden',
        mutation: { replace: 'issue.message', with: '`${issue.message}, not "${value}"`' },
      },
      { guard: 'all-pools-addressed', mutation: { replace: '===', with: '<=' } },
      { guard: 'metrics-on-loopback', mutation: { replace: '127.0.0.1', with: '0.0.0.0' } },
    ],
  },
  {
    tests: ['test/unit/platform/log-values.test.ts'],
    mutants: [
      { guard: 'logged-error-fields', mutation: { replace: 'errorFields', with: 'Object.keys(error)' } },
      { guard: 'class-instance-logged-by-name', mutation: 'always' },
      { guard: 'log-url-passwords', mutation: { replace: '$1:[redacted]@', with: '$&' } },
      { guard: 'log-tokens', mutation: { replace: '$1 [redacted]', with: '$&' } },
      { guard: 'log-jwts', mutation: { replace: "'[redacted]", with: "'$&" } },
      { guard: 'log-secret-fields', mutation: { replace: 'secretName.test(key)', with: 'false' } },
      { guard: 'log-budget', mutation: 'remove' },
      {
        guard: 'log-message-scrubbed',
        mutation: { replace: 'hooks: { streamWrite: redactSecrets },', with: '' },
      },
    ],
  },
  {
    tests: ['test/api/logs/log-lines.test.ts'],
    mutants: [
      { guard: 'refusal-lines-limit', mutation: 'never', only: 'refused often' },
      {
        guard: 'traceparent-length',
        mutation: { replace: '|| value.length > LENGTH_MAX', with: '' },
        only: 'a long text',
      },
      { guard: 'traceparent-not-zero', mutation: 'never', only: 'zeros' },
      {
        guard: 'logged-path-length',
        mutation: { replace: 'path.length > PATH_LENGTH_MAX', with: 'false' },
        only: 'long path',
      },
    ],
  },
  {
    tests: ['test/unit/platform/tracing.test.ts'],
    mutants: [
      { guard: 'tracing-off-by-default', mutation: 'never', only: 'not loaded' },
      {
        guard: 'traces-per-message',
        mutation: { replace: '&& this.#traces.length < TRACES_MAX', with: '' },
        only: 'limited number',
      },
      {
        guard: 'foreign-traceparent',
        mutation: { replace: 'parseTraceparent(traceparent) !== null', with: 'true' },
        only: 'is dropped',
      },
      {
        guard: 'spans-on-stop',
        mutation: { replace: 'STOP_MS_MAX', with: '600_000' },
        only: 'never answers',
      },
    ],
  },
  {
    tests: ['test/unit/platform/access-log.test.ts'],
    mutants: [{ guard: 'logged-network', mutation: 'never' }],
  },
  {
    tests: ['test/api/http/http-requests.test.ts'],
    mutants: [{ guard: 'request-id-format', mutation: 'left only', only: 'if valid' }],
  },
  {
    tests: ['test/faults/start-up.test.ts'],
    mutants: [
      { guard: 'api-database-check', mutation: 'remove', only: 'not migrated' },
      { guard: 'worker-database-check', mutation: 'remove', only: 'not migrated' },
    ],
  },
  {
    tests: ['test/api/routes/readiness.test.ts'],
    mutants: [
      { guard: 'readiness-database', mutation: 'never' },
      { guard: 'readiness-database', mutation: 'left only' },
      {
        guard: 'readiness-ignores-redis',
        mutation: {
          replace: 'findReason(database, ctx.feeds.hasMaps',
          with: "(redis === 'ok' ? findReason(database, ctx.feeds.hasMaps) : 'redis'",
        },
      },
    ],
  },
  {
    tests: ['test/faults/uncaught-errors.test.ts'],
    mutants: [
      { guard: 'drain-after-uncaught-error', mutation: { replace: 'this.#stop', with: 'Promise.resolve' } },
      { guard: 'drain-after-uncaught-error', mutation: { replace: 'this.#drainMsMax', with: '600_000' } },
      { guard: 'uncaught-error-log-limit', mutation: 'always' },
      { guard: 'npm-start-uncaught-error', mutation: 'remove', only: 'npm start' },
      { guard: 'lost-terminal', mutation: 'remove', only: 'a terminal that is gone' },
    ],
  },
  {
    tests: ['test/faults/production-install.test.ts'],
    mutants: [
      {
        guard: 'env-file-not-in-tests',
        mutation: 'right only',
      },
      {
        guard: 'no-dev-packages-in-production',
        mutation: { replace: '!needsDev', with: 'false' },
        only: 'omitted the development packages',
      },
    ],
  },
  {
    tests: ['test/api/mutations/sale-times.test.ts'],
    mutants: [{ guard: 'home-page-sale-end', mutation: { replace: 'AND e.sale_ends_at > now()', with: '' } }],
  },
  {
    tests: ['test/unit/tooling/checks-licenses.test.ts'],
    mutants: [{ guard: 'license-allow-list', mutation: 'left only' }],
  },
  {
    tests: ['test/unit/tooling/checks-schema.test.ts'],
    mutants: [{ guard: 'unnoted-breaking-change', mutation: { replace: '=== undefined', with: '=== null' } }],
  },
  {
    tests: ['test/unit/catalog/input-errors.test.ts'],
    mutants: [
      {
        guard: 'input-errors-limit',
        mutation: 'right only',
      },
    ],
  },
  {
    tests: ['test/unit/seating/encoded-layouts.test.ts'],
    mutants: [{ guard: 'waiting-tasks-limit', mutation: 'remove' }],
  },
];
