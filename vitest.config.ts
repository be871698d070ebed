import { defineConfig } from 'vitest/config';

/** Tests in `test/unit` need only Node. A run that names nothing else starts no PostgreSQL. */
const named = process.argv.slice(2).filter((argument) => argument.startsWith('test/'));
const isUnitOnly = named.length > 0 && named.every((name) => /^test\/unit(?:\/|$)/.test(name));

export default defineConfig({
  // Without this, Vitest loads graphql as ESM for this repository and as CommonJS for Yoga, and `instanceof` fails between
  // the two copies. Node itself loads one copy.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: isUnitOnly ? [] : ['test/support/services/global-setup.ts'],
    // Processes instead of threads, because services end with the process that started them.
    pool: 'forks',
    // Leaves CPU time to the servers, which race tests need.
    maxWorkers: 2,
    // Generous, for a loaded machine. Tests that wait have their own deadlines and report what they waited for.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    retry: 0,
  },
});
