import { randomUUID } from 'node:crypto';
import type { BenchServices } from './services.ts';

/** Returns the settings of measured processes. */
export function createEnvironment(
  services: Pick<BenchServices, 'postgres' | 'redisUrl'>,
): Record<string, string> {
  return {
    DATABASE_URL: services.postgres.url,
    REDIS_URL: services.redisUrl,
    AUTH_SECRET: randomUUID(),
    HOST: '127.0.0.1',
    PORT: '0',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'error',
  };
}
