// `npm run bench`: runs paired benchmarks and writes their tables into docs/benchmarks.md.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ParseArgsConfig } from 'node:util';
import { readArguments, ROOT, runCommand, UsageError } from '../../scripts/local/command.ts';
import { createContext } from '../../src/main/context.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import { createArena } from './arena.ts';
import { benchmarks } from './benchmarks.ts';
import { compareWith } from './compare/compare.ts';
import { createEnvironment } from './environment.ts';
import { connectPlainPrisma } from './holds/plain-prisma.ts';
import { startServices, type BenchServices } from './services.ts';
import { replaceTables, writeTables } from './tables-page.ts';

const PAGE = path.join(ROOT, 'docs/benchmarks.md');
const SECONDS = 2;
const COMPARED_PAIRS = 5;

const options = {
  only: { type: 'string', multiple: true },
  pairs: { type: 'string' },
  seconds: { type: 'string' },
  profile: { type: 'string' },
  write: { type: 'boolean', default: false },
  compare: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

await runCommand(async () => {
  const { values } = readArguments('bench', { options });
  const { only, profile } = values;
  if (values.compare !== undefined) {
    await compareRevision(values.compare, values);
    return;
  }
  const unknown = (only ?? []).filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) throw new UsageError('bench', `Unknown benchmark: ${unknown.join(', ')}.`);
  const wanted = benchmarks.filter(({ name }) => only === undefined || only.includes(name));
  const pairs = readNumber('pairs', values.pairs);
  const seconds = readNumber('seconds', values.seconds);
  // Shorter or profiled runs answer a question of the moment. The page has complete ones.
  const isComplete = pairs === null && seconds === null && profile === undefined;
  const isWritten = values.write || isComplete;
  // Finds a missing marker before the first benchmark runs.
  if (isWritten) for (const { name } of wanted) replaceTables(readFileSync(PAGE, 'utf8'), name, '');

  await using services = await startServices();
  const env = { ...createEnvironment(services), ...getProfileOptions(profile) };
  const app = await createContext(loadConfig(env));
  const plain = connectPlainPrisma(services.postgres.url);
  try {
    await using arena = await createArena(services.postgres.url);
    for (const benchmark of wanted) {
      const size = { pairs: pairs ?? benchmark.pairs, seconds: seconds ?? SECONDS };
      const rounds = `${size.pairs} rounds${benchmark.isTimed ? `, ${size.seconds} s a measurement` : ''}`;
      const setting = describeSetting(services, rounds);
      const tables = await benchmark.run({ services, app, plain, arena, env, ...size });
      print(`## ${benchmark.title}\n\n${setting}\n\n${tables}\n`);
      if (isWritten) await writeTables(PAGE, benchmark.name, `${setting}\n\n${tables}`);
    }
  } finally {
    await plain.$disconnect();
    await app.close();
  }
  print(isWritten ? 'Written to docs/benchmarks.md.' : 'Not written to docs/benchmarks.md; --write does.');
});

/** Prints the ratios of this tree to that of another revision. */
async function compareRevision(
  revision: string,
  values: {
    readonly pairs?: string;
    readonly seconds?: string;
    readonly only?: unknown;
    readonly profile?: unknown;
    readonly write?: boolean;
  },
): Promise<void> {
  if (values.only !== undefined || values.profile !== undefined || values.write === true)
    throw new UsageError('bench', '--compare takes no other option than --pairs and --seconds.');
  const pairs = readNumber('pairs', values.pairs) ?? COMPARED_PAIRS;
  const seconds = readNumber('seconds', values.seconds) ?? SECONDS;
  const tables = await compareWith(revision, { pairs, seconds });
  print(
    `${tables}\n\nBefore: ${revision}. After: this tree. Rounds: ${pairs}, ${seconds} s a measurement. Medians, with the least and the greatest in parentheses.`,
  );
}

function readNumber(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!(value > 0)) throw new UsageError('bench', `--${name} must be a positive number, not ${text}.`);
  return value;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Returns a line with the machine, the versions and the size of the run. */
function describeSetting({ postgres, redisVersion }: BenchServices, rounds: string): string {
  const cores = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  const load = os.loadavg()[0]?.toFixed(1);
  return `_${cores.length} × ${cores[0]?.model.trim() ?? 'CPU'}, ${memory} GiB, load ${load} before; Node ${process.versions.node}, PostgreSQL ${postgres.version}, Redis ${redisVersion}; ${rounds}. Medians, with the least and the greatest in parentheses._`;
}

function getProfileOptions(folder: string | undefined): Record<string, string> {
  return folder === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${path.resolve(folder)}` };
}
