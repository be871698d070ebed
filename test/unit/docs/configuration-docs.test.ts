import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { printConfigurationPage, printEnvExample } from '../../../scripts/docs/print-configuration.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';

const secret = { AUTH_SECRET: 'x'.repeat(32) };

describe('the configuration page', () => {
  it('takes defaults and ranges from the schema', () => {
    expect(printConfigurationPage()).toContain('| `HISTORY_DAYS` | `30` | 1 to 3650 | Retention');
  });
});

describe('.env.example', () => {
  it('is what the settings print', () => {
    expect(readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8')).toBe(printEnvExample());
  });

  it('has only values that the server accepts, under names that it knows', () => {
    const given = parseEnv(printEnvExample().replaceAll(/^#(?=[A-Z_]+=)/gm, ''));
    expect(Object.keys(given)).toContain('FEED_TICK_MS');
    const redis = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_URLS'];
    for (const chosen of redis) {
      const unset = Object.fromEntries(redis.filter((name) => name !== chosen).map((name) => [name, '']));
      expect(loadConfig({ ...given, ...secret, ...unset }).warnings).toEqual([]);
    }
  });

  it('shows the defaults', () => {
    const urls = { DATABASE_URL: 'postgres://localhost/x', REDIS_URL: 'redis://localhost' };
    const given = parseEnv(printEnvExample().replaceAll(/^#(?=[A-Z_]+=)/gm, ''));
    const optional = [
      'AUTH_JWKS_URL',
      'AUTH_ISSUER',
      'AUTH_AUDIENCE',
      'CORS_ORIGINS',
      'CORS_ALLOWED_HEADERS',
      'CLIENT_MEMORY_BYTES_MAX',
      'CONNECTION_AGE_SECONDS_MAX',
      'DATABASE_BATCHES_URL',
      'DATABASE_DISK_PATH',
      'DATABASE_READS_URL',
      'DATABASE_REPLICA_URLS',
      'DATABASE_WORKER_URL',
      'METRICS_PORT',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'REDIS_CLUSTER_URLS',
      'REDIS_SENTINELS',
    ];
    const examples = Object.fromEntries([...optional, 'TRUSTED_PROXIES'].map((name) => [name, '']));
    const { trustedProxies: _shown, ...shown } = loadConfig({ ...given, ...examples, ...urls, ...secret });
    const { trustedProxies: _default, ...defaults } = loadConfig({ ...urls, ...secret });
    expect(shown).toEqual(defaults);
  });
});
