import { describe, expect, it, test } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/platform/config/config.ts';

const given = {
  DATABASE_URL: 'postgres://localhost/x',
  REDIS_URL: 'redis://localhost',
  AUTH_SECRET: 'x'.repeat(32),
};

function getMessage(env: Record<string, string | undefined>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

describe('an invalid value', () => {
  it.each([
    ['PORT', 'abc', 'PORT: must be a number, not "abc"'],
    ['PORT', '70000', 'PORT: must be at most 65535, not "70000"'],
    ['PORT', '80.5', 'PORT: must be an integer, not "80.5"'],
    ['PORT', 'Infinity', 'PORT: must be a number, not "Infinity"'],
    ['HOLD_TTL_SECONDS', '0', 'HOLD_TTL_SECONDS: must be at least 1, not "0"'],
    ['READER_STUCK_SECONDS', '0', 'READER_STUCK_SECONDS: must be at least 0.1, not "0"'],
    ['NODE_ENV', 'prod', 'NODE_ENV: must be one of development, test, production, not "prod"'],
    ['GRAPHIQL', 'perhaps', 'GRAPHIQL: must be true or false, not "perhaps"'],
    ['DATABASE_URL', 'localhost', 'DATABASE_URL: must be a URL such as postgresql://'],
    ['DATABASE_DISK_PATH', '/does/not/exist', 'DATABASE_DISK_PATH: must be an existing path on this machine'],
  ])('of %s, %s, is reported with what is allowed', (name, value, message) => {
    const said = getMessage({ ...given, [name]: value });
    expect(said).toContain(message);
    expect(said).not.toMatch(/is required|Invalid|NaN/);
  });

  it('is never shown if it may be a secret', () => {
    const env = { ...given, AUTH_SECRET: 'hunter2', DATABASE_URL: 'mysql://root:hunter2@db' };
    expect(getMessage(env)).not.toContain('hunter2');
  });

  it('is reported once, together with all others', () => {
    const lines = getMessage({ ...given, PORT: '-1.5', LOG_LEVEL: 'loud', REDIS_URL: undefined }).split('\n');
    expect(lines.slice(1).map((line) => line.trim().split(':')[0])).toEqual([
      'PORT',
      'LOG_LEVEL',
      'REDIS_URL',
    ]);
    expect(lines.join()).toContain('REDIS_URL: is required');
  });

  it('is not an empty one, which counts as absent', () => {
    expect(loadConfig({ ...given, PORT: '' }).port).toBe(4000);
    expect(getMessage({ ...given, AUTH_SECRET: '' })).toContain('AUTH_SECRET: is required');
  });
});

describe('the database', () => {
  it('has a disk that is watched if its path exists', () => {
    const { disk } = loadConfig({ ...given, DATABASE_DISK_PATH: import.meta.dirname }).service;
    expect(disk).toEqual({ path: import.meta.dirname, freePercentMin: 5 });
  });

  const [batches, reads, worker] = ['postgres://b/x', 'postgres://r/x', 'postgres://w/x'];

  it('has one address for all pools, or one for each', () => {
    expect(loadConfig(given).databasePoolUrls).toBeNull();
    const urls = { DATABASE_BATCHES_URL: batches, DATABASE_READS_URL: reads, DATABASE_WORKER_URL: worker };
    expect(loadConfig({ ...given, ...urls }).databasePoolUrls).toEqual({ batches, reads, worker });
  });

  it('must have an address for each pool if one has', () => {
    expect(
      getMessage({ ...given, DATABASE_READS_URL: reads })
        .split('\n')
        .slice(1),
    ).toEqual([
      '  DATABASE_BATCHES_URL: is required, because another pool has an address of its own',
      '  DATABASE_WORKER_URL: is required, because another pool has an address of its own',
    ]);
  });
});

describe('Redis', () => {
  const { REDIS_URL: _, ...rest } = given;
  const [one, two] = ['redis://10.0.0.1:6379', 'redis://10.0.0.2'];

  const sentinel = 'redis://:password@10.0.0.1:26379/sellout';

  it('is one server, or behind sentinels, or the listed nodes of a cluster', () => {
    expect(loadConfig(given).redis).toBe('redis://localhost');
    expect(loadConfig({ ...rest, REDIS_CLUSTER_URLS: `${one}, ${two}/` }).redis).toEqual([one, `${two}/`]);
    expect(loadConfig({ ...rest, REDIS_SENTINELS: sentinel }).redis).toEqual({ sentinels: [sentinel] });
  });

  it('is not both, with one line', () => {
    const getLines = (env: Record<string, string>) => getMessage(env).split('\n').slice(1);
    expect(getLines({ ...given, REDIS_CLUSTER_URLS: one })).toEqual([
      '  REDIS_CLUSTER_URLS: cannot be set together with REDIS_URL',
    ]);
    expect(getLines({ ...given, REDIS_SENTINELS: sentinel })).toEqual([
      '  REDIS_SENTINELS: cannot be set together with REDIS_URL',
    ]);
    expect(getLines({ ...rest, REDIS_SENTINELS: sentinel, REDIS_CLUSTER_URLS: one })).toEqual([
      '  REDIS_CLUSTER_URLS: cannot be set together with REDIS_SENTINELS',
    ]);
  });

  it.each([
    [',', 'must name a sentinel'],
    ['redis://10.0.0.1:26379', 'must be URLs with the name of the master'],
    [`${sentinel}, redis://10.0.0.2/other`, 'must all have the same name of the master'],
  ])('is not behind the sentinels %s', (urls, message) => {
    expect(getMessage({ ...rest, REDIS_SENTINELS: urls })).toContain(`REDIS_SENTINELS: ${message}`);
  });

  it.each([
    [',', 'must name a node'],
    ['10.0.0.1:6379', 'must be a URL such as redis://host:6379'],
    [`${one}/1`, 'must be URLs without a path'],
  ])('is not the cluster %s', (urls, message) => {
    expect(getMessage({ ...rest, REDIS_CLUSTER_URLS: urls })).toContain(`REDIS_CLUSTER_URLS: ${message}`);
  });
});

describe('an unknown variable', () => {
  it.each([
    ['PROT', 'PORT'],
    ['port', 'PORT'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['REDISURL', 'REDIS_URL'],
    ['HOLD_TTL_SECOND', 'HOLD_TTL_SECONDS'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['SELLOUT_DATADIR', 'SELLOUT_DATA_DIR'],
  ])('%s is taken for a misspelled %s', (name, meant) => {
    const { warnings } = loadConfig({ ...given, [name]: '1' });
    expect(warnings).toEqual([`${name} is not a known setting and is ignored. Did you mean ${meant}?`]);
  });

  it.each(['PATH', 'HOME', 'PWD', 'USER', 'HOSTNAME', 'NODE_OPTIONS', 'NODE_PATH', 'REDIS_PORT', 'SORT_KEY'])(
    '%s of other programs is none of ours',
    (name) => {
      expect(loadConfig({ ...given, [name]: '1' }).warnings).toEqual([]);
    },
  );

  it('causes no warning if its name is a setting', () => {
    const env = { ...given, METRICS_PORT: '1', METRICS_HOST: '::1', SELLOUT_DATA_DIR: 'x' };
    expect(loadConfig(env).warnings).toEqual([]);
  });
});

test('challenges are off unless CHALLENGE is set, and joining then needs one only if CHALLENGE_TO_JOIN is on', () => {
  expect(loadConfig({ ...given, CHALLENGE_TO_JOIN: 'on' }).challenges).toBeNull();
  const env = { ...given, CHALLENGE: 'proof-of-work' };
  expect(loadConfig(env).challenges).toEqual({ difficultyBits: 16, isRequiredToJoin: false });
  const { challenges } = loadConfig({ ...env, CHALLENGE_DIFFICULTY_BITS: '20', CHALLENGE_TO_JOIN: 'on' });
  expect(challenges).toEqual({ difficultyBits: 20, isRequiredToJoin: true });
  expect(() => loadConfig({ ...env, CHALLENGE_DIFFICULTY_BITS: '29' })).toThrow('CHALLENGE_DIFFICULTY_BITS');
});

test('GraphiQL is off in production unless enabled', () => {
  const switches = (env: Record<string, string>) => {
    const { graphiql, introspection } = loadConfig({ ...given, ...env });
    return { graphiql, introspection };
  };
  expect(switches({})).toEqual({ graphiql: true, introspection: true });
  expect(switches({ NODE_ENV: 'production' })).toEqual({
    graphiql: false,
    introspection: true,
  });
  const on = { NODE_ENV: 'production', GRAPHIQL: 'true', INTROSPECTION: 'false' };
  expect(switches(on)).toEqual({ graphiql: true, introspection: false });
});

test('metrics are off unless METRICS_PORT is set, and then on the loopback address unless METRICS_HOST is set', () => {
  expect(loadConfig(given).metrics).toEqual({ port: null, host: '127.0.0.1' });
  expect(loadConfig({ ...given, METRICS_PORT: '9464' }).metrics).toEqual({ port: 9464, host: '127.0.0.1' });
  const { metrics } = loadConfig({
    ...given,
    METRICS_PORT: '9464',
    METRICS_HOST: '0.0.0.0',
    HOST: '127.0.0.1',
  });
  expect(metrics).toEqual({ port: 9464, host: '0.0.0.0' });
});
