import { randomUUID } from 'node:crypto';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { SelloutError } from '../../../src/platform/errors.ts';
import { assertInvariants } from '../../../test/support/booking.ts';
import { assertSold } from '../arena.ts';
import type { BenchContext } from '../context.ts';
import { closedLoop } from '../closed-loop.ts';
import { listGoals, ratioAndSpread, short, table, whole, type Goal } from '../markdown.ts';
import { measure, median, medians, ratesTo, type Figures } from '../measure.ts';
import { hasPgbench, HOLD_FUNCTION, pgbenchVariants, runPgbench, type PgbenchVariant } from './pgbench.ts';
import { holdWithPlainPrisma, PLAIN_POOL_SIZE } from './plain-prisma.ts';
import { distinctSeats, sameSeat, createRandom, zipfSeats, type SeatSource } from './seat-sources.ts';

export interface DirectScenario {
  readonly name: string;
  readonly title: string;
  readonly callers: number;
  readonly seats: () => SeatSource;
  /** True if no two callers request the same seat. Only then can pgbench, which counts successes, take part. */
  readonly distinct: boolean;
  readonly goals?: DirectGoals;
}

/** Least ratios of Sellout's rate. */
interface DirectGoals {
  readonly toA: number;
  /** To the fastest variant of pgbench. */
  readonly toPgbench: number;
}

const distinct = (callers: number): DirectScenario => ({
  name: `distinct-${callers}`,
  title: `Distinct seats, ${callers.toLocaleString('en-US')} callers`,
  callers,
  seats: distinctSeats,
  distinct: true,
});

export const directScenarios: readonly DirectScenario[] = [
  distinct(64),
  { ...distinct(256), goals: { toA: 28, toPgbench: 2 } },
  distinct(1_000),
  {
    name: 'zipf',
    title: 'Zipf-distributed seats (s = 1), 256 callers',
    callers: 256,
    seats: () => zipfSeats(createRandom(1)),
    distinct: false,
  },
  {
    name: 'same-seat',
    title: 'The same seat, 256 callers',
    callers: 256,
    seats: sameSeat,
    distinct: false,
  },
];

interface Contender {
  readonly label: string;
  /** Runs once on a new event and checks the result. */
  run(scenario: DirectScenario, seconds: number): Promise<Figures>;
}

/** Returns the table of a scenario. Runs the contenders in turn, `pairs` times, after one round to warm up. */
export async function runDirect(ctx: BenchContext, scenario: DirectScenario): Promise<string> {
  const contenders = [
    plainPrisma(ctx),
    ...(scenario.distinct && hasPgbench() ? pgbenchVariants.map((variant) => pgbench(ctx, variant)) : []),
    sellout(ctx),
  ];
  await ctx.arena.db.$executeRawUnsafe(HOLD_FUNCTION);
  const runs = contenders.map((): Figures[] => []);
  for (let round = 0; round <= ctx.pairs; round++) {
    for (const [i, contender] of contenders.entries()) {
      const figures = await contender.run(scenario, round === 0 ? 1 : ctx.seconds);
      if (round > 0) runs[i]?.push(figures);
    }
  }
  const baseline = runs[0] ?? [];
  const rows = contenders.map(({ label }, i) => row(label, runs[i] ?? [], baseline));
  if (scenario.distinct && !hasPgbench())
    rows.splice(1, 0, ['pgbench not available', ...Array<string>(6).fill('–')]);
  const header = [
    'contender',
    'responses/s',
    'to A',
    'p50 ms',
    'p99 ms',
    'Node µs per response',
    'PostgreSQL µs per response',
  ];
  const ours = runs.at(-1) ?? [];
  const toPgbench = contenders.length > 2 ? ratesTo(ours, fastestByRound(runs.slice(1, -1))) : null;
  const pgbenchRatio =
    toPgbench === null
      ? ''
      : `Ratio of Sellout to the fastest variant of pgbench: ${ratioAndSpread(toPgbench)}. `;
  const held = `Successful holds per run: A ${whole(medians(baseline).held)}, Sellout ${whole(medians(ours).held)}.`;
  const text = `${table(header, rows)}\n\n${pgbenchRatio}${held}`;
  if (scenario.goals === undefined) return text;
  return `${text}\n\n${listGoals(judge(scenario.goals, ratesTo(ours, baseline), toPgbench))}`;
}

/** Returns the fastest of the contenders' runs in each round. */
function fastestByRound(runs: readonly (readonly Figures[])[]): Figures[] {
  const [first = [], ...others] = runs;
  return first.map((run, round) =>
    others.reduce((fastest, other) => {
      const rival = other[round];
      return rival !== undefined && rival.perSecond > fastest.perSecond ? rival : fastest;
    }, run),
  );
}

function judge(goals: DirectGoals, toA: readonly number[], toPgbench: readonly number[] | null): Goal[] {
  const goal = (least: number, of: string, ratios: readonly number[]): Goal => ({
    goal: `at least ${least} times the rate of ${of}`,
    measured: ratioAndSpread(ratios),
    isMet: median(ratios) >= least,
  });
  return [
    goal(goals.toA, 'A', toA),
    ...(toPgbench === null ? [] : [goal(goals.toPgbench, 'the fastest variant of pgbench', toPgbench)]),
  ];
}

function row(label: string, runs: readonly Figures[], baseline: readonly Figures[]): string[] {
  const { perSecond, p50Ms, p99Ms, nodeMicros, postgresMicros } = medians(runs);
  return [
    label,
    whole(perSecond),
    ratioAndSpread(ratesTo(runs, baseline)),
    short(p50Ms),
    short(p99Ms),
    label.startsWith('pgbench') ? '–' : short(nodeMicros),
    short(postgresMicros),
  ];
}

function sellout(ctx: BenchContext): Contender {
  return { label: 'Sellout', run: (scenario, seconds) => measureSellout(ctx, scenario, seconds) };
}

/** Runs a scenario once on a new event, and checks the result. */
export async function measureSellout(
  { services, app, arena }: Pick<BenchContext, 'services' | 'app' | 'arena'>,
  { callers, seats }: DirectScenario,
  seconds: number,
): Promise<Figures> {
  const eventId = await arena.freshEvent();
  const next = seats();
  const figures = await measure(services, () =>
    closedLoop(callers, seconds, async () => {
      try {
        const input = { eventId, buyerId: randomUUID(), seats: [next()], idempotencyKey: null };
        await holdSeats(app, { ...input, onConflict: 'FAIL' });
        return 'held';
      } catch (error) {
        if (error instanceof SelloutError && error.code === 'SEATS_UNAVAILABLE') return 'refused';
        throw error;
      }
    }),
  );
  await assertSold(arena.db, eventId, figures.held);
  await assertInvariants(arena.db);
  return figures;
}

function plainPrisma({ services, plain, arena }: BenchContext): Contender {
  return {
    label: `A: plain Prisma, pool of ${PLAIN_POOL_SIZE}`,
    async run({ callers, seats }, seconds) {
      const eventId = await arena.freshEvent();
      const next = seats();
      const figures = await measure(services, () =>
        closedLoop(callers, seconds, () =>
          holdWithPlainPrisma(plain, { eventId, buyerId: randomUUID(), seats: [next()] }),
        ),
      );
      await assertSold(arena.db, eventId, figures.held);
      return figures;
    },
  };
}

function pgbench({ services, arena }: BenchContext, variant: PgbenchVariant): Contender {
  const { label, script, countsOnEvent } = variant;
  return {
    label,
    async run(_scenario, seconds) {
      const eventId = await arena.freshEvent();
      const { url } = services.postgres;
      const figures = await measure(services, () =>
        runPgbench(url, services.folder, script, eventId, seconds),
      );
      await assertSold(arena.db, eventId, figures.held, countsOnEvent);
      return figures;
    },
  };
}
