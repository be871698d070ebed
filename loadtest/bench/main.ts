import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { createContext } from '../../src/main/context.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { createArena } from './arena.ts';
import { runBlocks } from './blocks/blocks.ts';
import { runExpiry } from './holds/expiry.ts';
import { directScenarios, runDirect } from './holds/holds.ts';
import { connectPlainPrisma } from './holds/plain-prisma.ts';
import { runFanOut } from './fan-out/fan-out.ts';
import { runHttp } from './http/http.ts';
import { runIdle } from './fan-out/idle.ts';
import { runSeatMap } from './seat-map/seat-map.ts';
import { startServices, type BenchServices } from './services.ts';

const names = [
  ...directScenarios.map(({ name }) => name),
  'http',
  'expiry',
  'fan-out',
  'seat-map',
  'idle',
  'blocks',
];

await runCommand(async () => {
  const { values } = readArguments('bench', {
    options: {
      only: { type: 'string', multiple: true },
      pairs: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      profile: { type: 'string' },
    },
  });
  const wanted = (name: string) => values.only === undefined || values.only.includes(name);
  const unknown = (values.only ?? []).filter((only) => !names.includes(only));
  if (unknown.length > 0) throw new UsageError('bench', `Unknown benchmark: ${unknown.join(', ')}.`);

  await using services = await startServices();
  print(describeMachine(services));
  const env = { ...createEnvironment(services), ...getProfileOptions(values.profile) };
  const app = await createContext(loadConfig(env));
  const plain = connectPlainPrisma(services.postgres.url);
  try {
    await using arena = await createArena(services.postgres.url);
    const ctx = {
      services,
      app,
      plain,
      arena,
      env,
      pairs: Number(values.pairs),
      seconds: Number(values.seconds),
    };
    for (const scenario of directScenarios.filter(({ name }) => wanted(name)))
      print(await runDirect(ctx, scenario));
    if (wanted('http')) print(await runHttp(ctx));
    if (wanted('fan-out')) print(await runFanOut(ctx));
    if (wanted('seat-map')) print(await runSeatMap(ctx));
    if (wanted('idle')) print(await runIdle(ctx));
    if (wanted('expiry')) print(await runExpiry(ctx));
    if (wanted('blocks')) print(await runBlocks(ctx));
  } finally {
    await plain.$disconnect();
    await app.close();
  }
});

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function describeMachine({ postgres }: BenchServices): string {
  const cores = os.cpus();
  const load = os.loadavg().map((value) => value.toFixed(1));
  return `${cores.length} × ${cores[0]?.model ?? 'CPU'}, Node ${process.versions.node}, PostgreSQL ${postgres.version} (durable), load before: ${load.join(' ')}\n`;
}

function getProfileOptions(folder: string | undefined): Record<string, string> {
  return folder === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${path.resolve(folder)}` };
}

function createEnvironment(services: BenchServices): Record<string, string> {
  return {
    DATABASE_URL: services.postgres.url,
    REDIS_URL: services.redisUrl,
    AUTH_SECRET: randomUUID(),
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'error',
  };
}
