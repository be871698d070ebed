import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vitest would load graphql's .mjs for our sources and its CommonJS for Yoga's: two copies, whose errors are strangers
  // to each other. Node itself loads one.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/services/global-setup.ts'],
    // Processes, not threads: the services that a test starts end with the process that started them.
    pool: 'forks',
    // The machine runs the servers too, and races need cores to race on.
    maxWorkers: 2,
    // For a loaded machine. A test that waits for something has a deadline of its own, and says what it waited for.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    retry: 0,
  },
});
