import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { printReport } from '../../src/booking/audit/print-report.ts';
import type { Plan } from '../k6/lib/plan-format.ts';
import { isLoopback, type Run } from './arguments.ts';
import type { K6 } from './find-k6.ts';
import { listFreeSeats } from './free-seats.ts';
import { listK6Addresses, startSessions } from './post.ts';
import type { RunReport } from './report/report.ts';
import { runK6, type K6Run } from './run-k6.ts';
import type { Latencies, Samples } from './report/samples.ts';
import type { SaleEvent, Target } from './target/target.ts';
import { UsageMeter } from './usage-meter.ts';
import { judge, type K6Summary } from './report/verdict.ts';
import { measureLag, Watchers } from './watch/watchers.ts';

export interface RunOptions {
  readonly run: Run;
  readonly target: Target;
  readonly k6: K6;
  /** Whether thresholds on latency apply. */
  readonly latencyLimits: boolean;
  /** Folder for the files that the script reads and writes. */
  readonly folder: string;
  readonly command: string;
  readonly print: (line: string) => void;
}

/** Runs one scenario and checks afterwards what it has left. */
export async function runScenario(options: RunOptions): Promise<RunReport> {
  const { target, run, print, k6 } = options;
  const { scenario, size } = run;
  print(`\n${scenario.name}: ${scenario.proves}`);
  const event = await target.chooseEvent();
  const free = await findFreeSeats(options, event);
  print(`  ${size.buyers} buyers start sessions, ${size.watchers} watchers subscribe …`);
  const tokens = await startSessions(target.url, size.buyers);
  using watchers = await Watchers.start(target.url, event, size.watchers);

  using meter = new UsageMeter([...target.processes, { name: 'watchers', pid: watchers.pid }]);
  const load = await startLoad(options, event, tokens, free);
  const cpuSeconds = { k6: load.cpuSeconds, ...meter.readCpu() };

  print('  The load has ended. Waiting for holds to end, then comparing maps and auditing …');
  await target.settle(event);
  const { broadcasts, ...received } = await watchers.finish(await target.readMap(event));
  const lag = measureLag(broadcasts, await target.readCommitTimes(event));
  const audit = await target.audit();
  const stored = await target.countBookings(event);
  const acknowledged =
    scenario.acknowledged === undefined ? null : countOf(load.summary, scenario.acknowledged);
  const isOwn = target.processes.length > 0;
  const memoryMib = isOwn ? meter.memoryMib : [];
  const checks = judge({
    summary: load.summary,
    watchers: received,
    bookings: acknowledged === null || stored === null ? null : { acknowledged, stored },
    audit,
    memoryMib,
  });
  return {
    scenario: scenario.name,
    proves: scenario.proves,
    command: options.command,
    machine: describeMachine(),
    system: target.description,
    k6: k6.version,
    size,
    seconds: load.seconds,
    requests: sortByName(load.samples),
    requestsBySecond: load.samples.bySecond(),
    lag: lag.byName().values().next().value ?? null,
    lagBySecond: lag.bySecond(),
    watchers: received,
    counters: listCounters(load.summary),
    cpuSeconds,
    memoryMib: isOwn
      ? { first: memoryMib[0] ?? 0, peak: Math.max(...memoryMib), last: memoryMib.at(-1) ?? 0 }
      : null,
    checks,
    audit: audit === null ? null : printReport(audit),
    messages: load.messages,
  };
}

/** Returns the free seats of the event. @throws if they are too few for the run. */
async function findFreeSeats({ target, run }: RunOptions, event: SaleEvent): Promise<number[]> {
  const { scenario, size } = run;
  const { states } = await target.readMap(event);
  const free = listFreeSeats(states, event.seatCount);
  const needed = scenario.seatsNeeded?.(size) ?? 1;
  if (free.length < needed)
    throw new Error(`Event ${event.id} has ${free.length} free seats, and ${scenario.name} needs ${needed}.`);
  return free;
}

function startLoad(
  options: RunOptions,
  event: SaleEvent,
  tokens: readonly string[],
  free: readonly number[],
): Promise<K6Run> {
  const { target, k6, folder, latencyLimits, run, print } = options;
  const { scenario, size } = run;
  const file = (name: string) => path.join(folder, `${scenario.name}-${name}.json`);
  const plan: Plan = {
    ...size,
    baseUrl: target.url,
    eventId: event.id,
    eventNumber: event.number,
    seatCount: event.seatCount,
    freeSeats: free.length,
    latencyLimits,
  };
  writeFileSync(file('plan'), JSON.stringify(plan));
  writeFileSync(file('tokens'), JSON.stringify(tokens));
  writeFileSync(file('seats'), JSON.stringify(free));
  return runK6({
    k6,
    scenario: scenario.name,
    plan: file('plan'),
    tokens: file('tokens'),
    seats: file('seats'),
    summary: file('summary'),
    addresses: isLoopback(new URL(target.url)) ? listK6Addresses() : null,
    onProgress: createProgress(print),
  });
}

const PROGRESS_EVERY_MS = 2_000;

/** Returns a function that prints a line of figures every two seconds. */
export function createProgress(print: (line: string) => void): (samples: Samples) => void {
  const startedAt = performance.now();
  let lines = 0;
  return (samples) => {
    const elapsed = performance.now() - startedAt;
    if (elapsed < PROGRESS_EVERY_MS * (lines + 1)) return;
    lines = Math.floor(elapsed / PROGRESS_EVERY_MS);
    const { count, p50Ms, p99Ms } = samples.latest(Date.now());
    const latest =
      count === 0
        ? ''
        : `, ${count} in the last second: p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`;
    print(`  ${(elapsed / 1_000).toFixed(0).padStart(4)} s: ${samples.count} requests${latest}`);
  };
}

export function sortByName(samples: Samples): Record<string, Latencies> {
  return Object.fromEntries([...samples.byName()].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function countOf({ metrics }: K6Summary, counter: string): number {
  return metrics[counter]?.values['count'] ?? 0;
}

/** Returns the counters of the script and its submetrics, without those of k6 itself. */
export function listCounters({ metrics }: K6Summary): Record<string, number> {
  const own = Object.entries(metrics).filter(
    ([name, { values }]) =>
      values['count'] !== undefined &&
      values['rate'] !== undefined &&
      !/^(data|http|ws|iterations|vus)/.test(name),
  );
  return Object.fromEntries(own.map(([name, { values }]) => [name, values['count'] ?? 0]));
}

export function describeMachine(): string {
  const cores = os.cpus();
  const load = os.loadavg()[0]?.toFixed(1);
  return `${cores.length} × ${cores[0]?.model ?? 'CPU'}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB, ${os.type()} ${os.release()}, Node ${process.versions.node}, load ${load} at the end`;
}
