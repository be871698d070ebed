import { findRedisSetting } from '../../src/platform/config/redis-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Adds addresses of services that are not needed or not known yet, so that the rest of the configuration can be read. */
export function withPlaceholders(env: Environment): Environment {
  return {
    DATABASE_URL: 'postgresql://soon',
    ...(findRedisSetting(env) === undefined && { REDIS_URL: 'redis://soon' }),
    ...env,
  };
}
