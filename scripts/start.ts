// `npm start`: runs the worker and the API in this process, and PostgreSQL and Redis beside it.
import { step } from './bootstrap/steps.mjs';
import * as folder from './local/data-folder.ts';
import type { Config } from '../src/platform/config/config.ts';
import { findRedisSetting } from '../src/platform/config/redis-settings.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import type { RedisAddress } from '../src/platform/redis/redis.ts';
import { explainListenError } from '../src/platform/listen.ts';
import { explain, refuseArguments } from './local/command.ts';
import { canListen } from './local/ports.ts';
import { runPostgres, runRedis } from './local/services.ts';
import { Shutdown } from './local/shutdown.ts';
import { withPlaceholders } from './local/placeholders.ts';
import type { TerminalLog } from './local/terminal-log.ts';
import { buildShop, canBuildShop, isShopOutdated } from './local/web-shop.ts';
import { welcome } from './local/welcome.ts';
import { migrate } from './schema/apply-migrations.ts';

type Environment = ReturnType<typeof readEnvironment>;

/** The worker's metrics have the next port. */
const METRICS_PORT = 9464;

const startedAt = performance.now();
const shutdown = new Shutdown();

async function start(): Promise<void> {
  refuseArguments('start');
  shutdown.listen();
  const env = readEnvironment();
  const data = folder.openDataFolder(env);
  const lock = await folder.lockDataFolder(data);
  if (!lock) throw folder.folderInUse(data);
  process.once('exit', () => folder.clearState(data));

  const { loadConfig } = await import('../src/platform/config/config.ts');
  // Production requires a configured secret: a generated one would differ between machines.
  const secret = env['NODE_ENV'] === 'production' ? undefined : folder.authSecret(data);
  const terminalLog = await openTerminalLog();
  // Without a terminal, the output is the steps and the addresses. LOG_LEVEL overrides this default.
  const given = {
    LOG_LEVEL: terminalLog === null ? 'warn' : 'info',
    ...env,
    AUTH_SECRET: env['AUTH_SECRET'] ?? secret,
  };
  // Validates the configuration before anything starts. The embedded services' addresses are not known yet.
  const { port, warnings, redis: configuredRedis } = loadConfig(withPlaceholders(given));
  for (const warning of warnings) process.stderr.write(`  ! ${warning}\n`);
  await checkPort(port);
  await checkConfiguredServices(env, configuredRedis);

  const databaseUrl = env['DATABASE_URL'] ?? (await runPostgres(data, shutdown));
  const privateRedis = findRedisSetting(env) !== undefined ? null : await runRedis(data, shutdown);
  const redis = privateRedis ?? configuredRedis;
  folder.writeState(data, { pid: process.pid, startedAt: new Date().toISOString(), databaseUrl, redis });

  await step('Migrations', async (rename) => {
    const applied = await migrate(databaseUrl);
    rename(applied.length === 0 ? 'Migrations: none to apply' : `Migrations applied: ${applied.length}`);
  });
  // A production database gets no examples.
  if (env['NODE_ENV'] !== 'production') {
    await step('Example venues and events', async () => {
      const { seed } = await import('../prisma/seed.ts');
      await seed({ databaseUrl });
    });
  }

  if (canBuildShop() && isShopOutdated()) await step('Web shop', buildShop);
  const urls = { DATABASE_URL: databaseUrl, ...(privateRedis !== null && { REDIS_URL: privateRedis }) };
  const config = loadConfig({ ...(await chooseMetricsPort(env)), ...given, ...urls });
  await step('Worker', async () => {
    const { startWorker } = await import('../src/main/worker.ts');
    const worker = await startWorker({ ...config, metrics: nextPort(config.metrics) });
    shutdown.add('Worker', () => worker.stop());
  });
  const { url, metricsPort } = await step('API', async (rename) => {
    const { startApi } = await import('../src/main/api.ts');
    const api = await startApi(config);
    shutdown.add('API', () => api.stop());
    rename(`API on port ${new URL(api.url).port}`);
    return api;
  });
  const tookMs = performance.now() - startedAt;
  process.stdout.write(
    welcome({ url, metricsPort, dataFolder: data.folder, graphiql: config.graphiql, tookMs }),
  );
  terminalLog?.release();
}

/** Formats the log for reading if a person reads it. */
async function openTerminalLog(): Promise<TerminalLog | null> {
  if (!process.stdout.isTTY) return null;
  // Without the development packages, lines stay JSON.
  const found = await import('./local/terminal-log.ts').catch(() => null);
  if (found === null) return null;
  const { setLogOutput } = await import('../src/platform/observability/logger.ts');
  const log = new found.TerminalLog();
  setLogOutput(log);
  process.once('exit', () => log.release());
  return log;
}

/** Returns the default METRICS_PORT: none in production; any free port if a program, such as another Sellout, has one. */
async function chooseMetricsPort(env: Environment): Promise<{ METRICS_PORT?: string }> {
  if (env['NODE_ENV'] === 'production' || env['METRICS_PORT'] !== undefined) return {};
  try {
    for (const port of [METRICS_PORT, METRICS_PORT + 1]) await canListen(port);
    return { METRICS_PORT: String(METRICS_PORT) };
  } catch {
    return { METRICS_PORT: '0' };
  }
}

/** Returns the address of the worker's metrics. Port 0 stays 0: each server takes any free port. */
function nextPort({ port, host }: Config['metrics']): Config['metrics'] {
  return { port: port === null || port === 0 ? port : port + 1, host };
}

async function checkPort(port: number): Promise<void> {
  if (port === 0) return;
  try {
    await canListen(port);
  } catch (error) {
    throw explainListenError(error, { variable: 'PORT', port });
  }
}

/** Checks the configured services before anything is started. */
async function checkConfiguredServices(env: Environment, redis: RedisAddress): Promise<void> {
  const { DATABASE_URL: database } = env;
  if (database !== undefined) {
    const { checkServer } = await import('../src/platform/database/database-check.ts');
    await step('PostgreSQL of DATABASE_URL', () => checkServer(database));
  }
  const setting = findRedisSetting(env);
  if (setting !== undefined) {
    const { checkRedis } = await import('../src/platform/redis/check-redis.ts');
    await step(`Redis of ${setting}`, () => checkRedis(redis));
  }
}

try {
  await start();
} catch (error) {
  // Errors during a shutdown are caused by it.
  if (!shutdown.underWay) {
    process.stderr.write(`\n${explain(error)}\n\n`);
    await shutdown.run(1);
  }
}
