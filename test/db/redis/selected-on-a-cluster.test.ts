// Tests that also run on one Redis, on a Redis Cluster. TEST_REDIS=cluster runs many more.
import { describe, vi } from 'vitest';

vi.stubEnv('TEST_REDIS', 'cluster');

describe('on a Redis Cluster', async () => {
  await import('../traffic/rate-limits.test.ts');
});

describe('on another Redis Cluster', async () => {
  await import('../booking/request-queue.test.ts');
});
