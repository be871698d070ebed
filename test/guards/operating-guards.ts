import type { Guard } from './guard.ts';

const logValues = { file: 'src/platform/log-values.ts', tests: ['test/unit/log-values'] };
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
];
