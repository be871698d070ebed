import type { Guard } from './guard.ts';

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
];
