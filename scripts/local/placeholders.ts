type Environment = Readonly<Record<string, string | undefined>>;

/** Adds addresses of services that are not needed or not known yet, so that the rest of the configuration can be read. */
export function withPlaceholders(env: Environment): Environment {
  const hasCluster = (env['REDIS_CLUSTER_URLS'] ?? '') !== '';
  return {
    DATABASE_URL: 'postgresql://soon',
    ...(hasCluster ? {} : { REDIS_URL: 'redis://soon' }),
    ...env,
  };
}
