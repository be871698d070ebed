import pg from 'pg';
import { addPartition } from '../../../scripts/partitions/add-partition.ts';
import { PARTITIONS_MAX } from '../../../scripts/partitions/tables.ts';
import { migrate } from '../../../scripts/schema/apply-migrations.ts';
import { createContext, type AppContext } from '../../../src/main/context.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { createArena, type Arena } from '../arena.ts';
import type { BenchContext } from '../context.ts';
import { directScenarios, measureSellout } from '../holds/holds.ts';
import { listGoals, ratioAndSpread, short, table, whole } from '../markdown.ts';
import { measureInTurn, median, medians, ratesTo, type Figures } from '../measure.ts';
import { measureStatements, type StatementTimes } from './statements.ts';

/** Numbers of partitions. One stands for tables that are not partitioned. */
const COUNTS = [1, 2, PARTITIONS_MAX] as const;
/** The documented number of partitions must sell at least so fast, compared with tables that are not partitioned. */
const RATE_MIN = 0.95;

interface Contender extends AsyncDisposable {
  readonly label: string;
  readonly app: AppContext;
  readonly arena: Arena;
  readonly runs: Figures[];
}

/**
 * Compares holds in a database whose tables are not partitioned with holds in partitioned ones. The event is in the newest
 * partition. All databases are on one server, and are measured in turn.
 */
export async function runPartitions(ctx: BenchContext): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const contenders: Contender[] = [];
  for (const count of COUNTS) contenders.push(stack.use(await startContender(ctx, count)));
  const scenario = directScenarios.find(({ name }) => name === 'distinct-256');
  if (scenario === undefined) throw new Error('the scenario of 256 callers is missing');
  await measureInTurn(contenders, ctx, (contender, seconds) =>
    measureSellout({ ...contender, services: ctx.services }, scenario, seconds),
  );
  const [flat, two] = contenders;
  if (flat === undefined || two === undefined) throw new Error('contenders are missing');
  const ratios = ratesTo(two.runs, flat.runs);
  const goal = {
    goal: `with two partitions at least ${RATE_MIN} times the rate of tables that are not partitioned`,
    measured: ratioAndSpread(ratios),
    isMet: median(ratios) >= RATE_MIN,
  };
  const statements: StatementTimes[] = [];
  for (const { app } of contenders) statements.push(await measureStatements(app));
  return [
    describeHolds(contenders, flat),
    listGoals([goal]),
    describeStatements(contenders, statements),
  ].join('\n\n');
}

async function startContender({ services, env }: BenchContext, count: number): Promise<Contender> {
  const url = new URL(services.postgres.url);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`CREATE DATABASE partitions_${count}`);
  await client.end();
  url.pathname = `/partitions_${count}`;
  await migrate(url.href);
  for (let partitions = 2; partitions <= count; partitions++) await addPartition(url.href);
  const app = await createContext(loadConfig({ ...env, DATABASE_URL: url.href }));
  const arena = await createArena(url.href);
  return {
    label: count === 1 ? 'not partitioned' : `${count} partitions`,
    app,
    arena,
    runs: [],
    async [Symbol.asyncDispose]() {
      await arena[Symbol.asyncDispose]();
      await app.close();
    },
  };
}

function describeHolds(contenders: readonly Contender[], flat: Contender): string {
  const rows = contenders.map(({ label, runs }) => {
    const { perSecond, p50Ms, p99Ms, nodeMicros, postgresMicros } = medians(runs);
    const ratio = ratioAndSpread(ratesTo(runs, flat.runs));
    return [
      label,
      whole(perSecond),
      ratio,
      short(p50Ms),
      short(p99Ms),
      short(nodeMicros),
      short(postgresMicros),
    ];
  });
  const header = [
    'tables',
    'holds/s',
    'to not partitioned',
    'p50 ms',
    'p99 ms',
    'Node µs per hold',
    'PostgreSQL µs per hold',
  ];
  return table(header, rows);
}

function describeStatements(contenders: readonly Contender[], statements: readonly StatementTimes[]): string {
  const [first = {}] = statements;
  const rows = Object.keys(first).map((name) => [
    `\`${name}\``,
    ...statements.map((times) => short(times[name] ?? Number.NaN)),
  ]);
  return table(['reads all partitions', ...contenders.map(({ label }) => `${label}, µs`)], rows);
}
