import { defineConfig } from 'oxlint';
import { importOverrides } from './scripts/check/import-rules.ts';

const configOnly = 'Configuration is parsed in src/platform/config and passed on.';

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'node', 'promise'],
  options: {
    typeAware: true,
    denyWarnings: true,
    reportUnusedDisableDirectives: 'error',
    respectEslintDisableDirectives: false,
  },
  ignorePatterns: [
    'src/generated',
    '**/dist',
    'coverage',
    '.data*',
    'docs/examples/relay',
    'src/web/shop/api/operations/*.ts',
  ],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'array-callback-return': 'error',
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-empty': 'error',
    'no-self-compare': 'error',
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' }],
    'no-var': 'error',
    'prefer-const': 'error',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'typescript/await-thenable': 'error',
    'typescript/ban-ts-comment': 'error',
    // Also rejects `import('…').Type`, which no-restricted-imports does not see.
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    // Type stripping keeps `import { type T }` as an import with side effects.
    'typescript/no-import-type-side-effects': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-namespace': 'error',
    'typescript/no-require-imports': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/prefer-promise-reject-errors': 'error',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'unicorn/no-abusive-eslint-disable': 'error',
    'unicorn/prefer-node-protocol': 'error',

    // Rules of style that this code base does not follow, or that report false positives here.
    'import/no-named-as-default': 'off',
    'import/no-named-as-default-member': 'off',
    'import/no-unassigned-import': 'off', // Pothos types register themselves.
    'no-shadow': 'off',
    'no-unmodified-loop-condition': 'off', // Does not see changes by signal handlers and callbacks.
    'no-underscore-dangle': 'off', // GraphQL's __typename.
    'promise/always-return': 'off',
    'typescript/consistent-return': 'off', // tsc's noImplicitReturns does it.
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/prefer-add-event-listener': 'off',
    'unicorn/require-post-message-target-origin': 'off', // Browser windows only.
  },
  overrides: [
    {
      files: ['src/**'],
      rules: {
        'import/no-default-export': 'error',
        'no-console': 'error',
        'no-restricted-properties': ['error', { object: 'process', property: 'env', message: configOnly }],
        'node/no-process-env': 'error',
        'oxc/no-barrel-file': ['error', { threshold: 0 }],
        'typescript/no-unsafe-argument': 'error',
        'typescript/no-unsafe-assignment': 'error',
        'typescript/no-unsafe-call': 'error',
        'typescript/no-unsafe-member-access': 'error',
        'typescript/no-unsafe-return': 'error',
        'unicorn/no-process-exit': 'error',
      },
    },
    ...importOverrides(),
    {
      files: ['src/platform/config/config.ts', 'src/platform/config/**'],
      rules: { 'no-restricted-properties': 'off', 'node/no-process-env': 'off' },
    },
    { files: ['src/main/**'], rules: { 'unicorn/no-process-exit': 'off' } },
    { files: ['src/web/shop/vite.config.ts'], rules: { 'import/no-default-export': 'off' } },
    {
      files: ['src/web/shop/**'],
      plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'node', 'promise', 'react', 'jsx-a11y'],
      rules: { 'react/react-in-jsx-scope': 'off' },
    },
    {
      files: ['src/**/*.{ts,tsx}', 'scripts/**', 'prisma/**', 'docs/examples/**'],
      rules: {
        'max-lines': ['error', { max: 300 }],
        'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      },
    },
    {
      files: ['src/**/*.ts', 'scripts/**/*.ts', 'test/**/*.ts', 'docs/examples/**/*.ts'],
      // Files of root fields have the field's exact name.
      excludeFiles: ['src/graphql/operations/**'],
      rules: { 'unicorn/filename-case': ['error', { case: 'kebabCase' }] },
    },
    {
      files: ['test/**'],
      plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'node', 'promise', 'vitest'],
      rules: {
        'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expectAlerts', 'expectShown'] }],
        'vitest/no-commented-out-tests': 'error',
        'vitest/no-disabled-tests': 'error',
        'vitest/no-focused-tests': 'error',
        'vitest/no-identical-title': 'error',
        'vitest/no-standalone-expect': 'error',
        'vitest/valid-expect': 'error',
        'vitest/valid-title': 'error',
      },
    },
  ],
});
