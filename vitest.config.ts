import { defineConfig } from 'vitest/config';
import { clusterTests } from './test/support/services/cluster-tests.ts';

/** Tests in `test/unit` need only Node. A run that names nothing else starts no PostgreSQL. */
const named = process.argv.slice(2).filter((argument) => argument.startsWith('test/'));
const isUnitOnly = named.length > 0 && named.every((name) => /^test\/unit(?:\/|$)/.test(name));

/** Long tests run only if a file of them is named, as `npm run test:long` does. */
const longTests = process.argv.some((argument) => argument.includes('.long.test'))
  ? []
  : ['test/**/*.long.test.ts'];

const { TEST_REDIS: redis, TEST_POOLER: pooler } = process.env;
const poolerTests = 'test/pooler/**/*.test.ts';

export default defineConfig({
  test: {
    include:
      pooler === 'pgbouncer' ? [poolerTests] : redis === 'cluster' ? clusterTests : ['test/**/*.test.ts'],
    exclude: pooler === 'pgbouncer' ? [] : [poolerTests, ...longTests],
    globalSetup: isUnitOnly ? [] : ['test/support/services/global-setup.ts'],
    // Processes instead of threads, because services end with the process that started them.
    pool: 'forks',
    // Tests mostly wait, for timeouts and servers: three keep two cores busy.
    maxWorkers: 3,
    // Generous, for a loaded machine. Tests that wait have their own deadlines and report what they waited for.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    retry: 0,
    // Node loads the modules, as in production: faster, and one copy of each package.
    experimental: { viteModuleRunner: false },
  },
});
