import type { Guard } from './guard.ts';

const logValues = { file: 'src/platform/log-values.ts', tests: ['test/unit/log-values'] };
const check = { file: 'src/platform/database-check.ts', tests: ['test/db/database-check'] };
const readiness = { file: 'src/http/health.ts', tests: ['test/api/readiness'] };
const lastResort = { file: 'src/main/run-process.ts', tests: ['test/faults/uncaught-errors'] };
const server = { file: 'src/http/server.ts', tests: ['test/api/switches'] };

/** Guards for operators: what is served, what starts, what is logged. */
export const operatingGuards: readonly Guard[] = [
  {
    name: 'GraphiQL is off in production',
    ...server,
    find: 'config.graphiql ? graphiqlRoute(ctx) : null',
    replace: 'graphiqlRoute(ctx)',
  },
  {
    name: 'public metrics are off in production',
    ...server,
    find: 'optional(config.publicMetrics,',
    replace: 'optional(true,',
  },
  {
    name: 'introspection can be turned off',
    file: 'src/graphql/limits/no-introspection.ts',
    find: 'addValidationRule(refuseIntrospection);',
    replace: '',
    tests: ['test/api/switches'],
  },
  {
    name: 'the configuration shows no secret',
    file: 'src/platform/config-messages.ts',
    find: '      return issue.message;\n  }',
    replace: '      return `${issue.message}, not "${value}"`;\n  }',
    tests: ['test/unit/config'],
  },
  {
    name: 'only listed fields of an error are logged',
    ...logValues,
    find: 'for (const field of errorFields) {',
    replace: 'for (const field of Object.keys(error)) {',
  },
  {
    name: 'an object of a class is logged by its name',
    ...logValues,
    find: 'isPlainObject(value) ? objectToPlain(value, depth, budget)',
    replace: 'depth >= 0 ? objectToPlain(value, depth, budget)',
  },
  {
    name: 'passwords in addresses are taken out of the log',
    ...logValues,
    find: "'$1:[redacted]@'",
    replace: "'$&'",
  },
  {
    name: 'tokens are taken out of the log',
    ...logValues,
    find: "'$1 [redacted]'",
    replace: "'$&'",
  },
  {
    name: 'JWTs are taken out of the log',
    ...logValues,
    find: "(?:\\.[\\w-]*)?/g, '[redacted]'",
    replace: "(?:\\.[\\w-]*)?/g, '$&'",
  },
  {
    name: 'fields with the name of a secret are not logged',
    ...logValues,
    find: 'secretName.test(key) &&',
    replace: 'false &&',
  },
  {
    name: 'a log call has a budget',
    ...logValues,
    find: 'budget.left -= ERROR_COST;',
    replace: '',
  },
  {
    name: 'a message without fields is scrubbed too',
    file: 'src/platform/logger.ts',
    find: 'hooks: { streamWrite: withoutSecrets },',
    replace: '',
    tests: ['test/unit/log-values'],
  },
  {
    name: 'a server that is too old stops the start',
    ...check,
    find: 'await assertVersionOf(client, required.serverMajorMin);',
    replace: '',
  },
  {
    name: 'npm start refuses a server that is too old',
    ...check,
    find: 'await assertVersionOf(client, majorMin);',
    replace: '',
  },
  {
    name: 'migrations are applied to no server that is too old',
    file: 'scripts/schema/apply-migrations.ts',
    find: 'await assertVersionOf(client);',
    replace: '',
    tests: ['test/db/database-check'],
  },
  {
    name: 'a database without a migration stops the start',
    ...check,
    find: 'assertMigrated(await readAppliedMigrations(client), required.migrations);',
    replace: '',
  },
  {
    name: 'a database without a migration makes a node unready',
    ...check,
    find: "if (missing(applied, required.migrations).length > 0) return 'outdated';",
    replace: '',
  },
  {
    name: 'a server that refuses our settings makes a node unready',
    ...check,
    find: "if (state === UNDEFINED_OBJECT) return 'unsupported';",
    replace: '',
  },
  {
    name: 'the API checks its database at the start',
    file: 'src/main/api.ts',
    find: 'await checkDatabase(config.databaseUrl);',
    replace: '',
    tests: ['test/faults/start-up'],
    only: 'not migrated',
  },
  {
    name: 'the worker checks its database at the start',
    file: 'src/main/worker.ts',
    find: 'await checkDatabase(config.databaseUrl);',
    replace: '',
    tests: ['test/faults/start-up'],
    only: 'not migrated',
  },
  {
    name: 'an unreachable database makes a node unready that has no map',
    ...readiness,
    find: "if (database === 'unreachable' && !hasMaps)",
    replace: 'if (database === null)',
  },
  {
    name: 'an unreachable database makes no node unready that has maps',
    ...readiness,
    find: "if (database === 'unreachable' && !hasMaps)",
    replace: "if (database === 'unreachable')",
  },
  {
    name: 'Redis away makes no node unready',
    ...readiness,
    find: 'reasonAgainst(database, ctx.feeds.hasMaps);',
    replace: "(redis === 'ok' ? reasonAgainst(database, ctx.feeds.hasMaps) : 'redis');",
  },
  {
    name: 'an outage is 503 on every path',
    file: 'src/http/request-listener.ts',
    find: 'outages.has(dbErrorKind(error))',
    replace: 'error === null',
    tests: ['test/api/readiness'],
  },
  {
    name: 'an error that nothing catches drains the process',
    ...lastResort,
    find: 'withDeadline(this.#stop(), this.#drainMsMax,',
    replace: 'withDeadline(Promise.resolve(), this.#drainMsMax,',
  },
  {
    name: 'the draining after an error has a bound',
    ...lastResort,
    find: 'withDeadline(this.#stop(), this.#drainMsMax,',
    replace: 'withDeadline(this.#stop(), 600_000,',
  },
  {
    name: 'one error that comes again and again fills no log',
    ...lastResort,
    find: 'if (++this.#uncaught <= UNCAUGHT_LOGGED_MAX)',
    replace: '',
  },
  {
    name: 'a request whose body was read is not taken for one that broke off',
    file: 'src/http/request-listener.ts',
    find: 'exchange.req.destroyed && !exchange.req.complete',
    replace: 'exchange.req.destroyed',
    tests: ['test/unit/request-listener'],
  },
  {
    name: 'an uncaught error stops npm start in order',
    file: 'scripts/local/shutdown.ts',
    find: "process.on('uncaughtException', (error) => this.failed(error));",
    replace: '',
    tests: ['test/faults/uncaught-errors'],
    only: 'npm start',
  },
  {
    name: 'the servers read .env, but not in tests',
    file: 'src/platform/config/environment.ts',
    find: "process.env['NODE_ENV'] !== 'test' && existsSync(file)",
    replace: 'existsSync(file)',
    tests: ['test/faults/production-install'],
  },
  {
    name: 'operators need no development packages',
    file: 'scripts/bootstrap/install.mjs',
    find: '(entry.dev && !needsDev)',
    replace: '(entry.dev && false)',
    tests: ['test/faults/production-install'],
    only: 'left out the development packages',
  },
];
