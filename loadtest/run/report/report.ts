import { short, table, whole } from '../../bench/markdown.ts';
import type { Latencies, SecondOfRun } from './samples.ts';
import type { Size } from '../scenarios.ts';
import { formatOnsale, type OnsaleReport } from '../onsale/onsale-report.ts';
import type { Check } from './verdict.ts';

/** Everything that a report states. It is also the JSON report. */
export interface RunReport {
  readonly scenario: string;
  readonly proves: string;
  /** The command that repeats the run. */
  readonly command: string;
  readonly machine: string;
  readonly system: string;
  readonly k6: string;
  readonly size: Size;
  readonly seconds: number;
  readonly requests: Readonly<Record<string, Latencies>>;
  readonly requestsBySecond: readonly SecondOfRun[];
  /** Latency from COMMIT to socket. Null if it could not be measured. */
  readonly lag: Latencies | null;
  readonly lagBySecond: readonly SecondOfRun[];
  readonly watchers: {
    readonly sockets: number;
    readonly messages: number;
    readonly gaps: number;
    readonly resyncs: number;
  };
  /** Counters of the script. */
  readonly counters: Readonly<Record<string, number>>;
  /** CPU seconds during the run. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** Resident memory of the API: at the start, the highest, and at the end. */
  readonly memoryMib: { readonly first: number; readonly peak: number; readonly last: number } | null;
  readonly checks: readonly Check[];
  readonly audit: string | null;
  /** Messages of the script and of k6. */
  readonly messages: readonly string[];
  /** Only of an on-sale. */
  readonly onsale?: OnsaleReport;
}

/** Names of the files beside a report. */
export interface Plots {
  readonly requests: string;
  readonly lag: string | null;
  /** Only of an on-sale. */
  readonly admissions?: string;
}

/** Formats a report as Markdown. */
export function formatReport(report: RunReport, plots: Plots): string {
  const failed = report.checks.filter(({ ok }) => !ok).length;
  return [
    `# Load test: ${report.scenario}`,
    report.proves,
    failed === 0
      ? '**Passed.** Every check holds.'
      : `**Failed.** ${failed} of ${report.checks.length} checks do not hold.`,
    formatSetting(report),
    '## Checks',
    table(
      ['check', 'result', 'found'],
      report.checks.map(({ what, ok, found }) => [what, ok ? 'ok' : 'FAILED', found]),
    ),
    ...(report.onsale === undefined || plots.admissions === undefined
      ? []
      : [formatOnsale(report.onsale, plots.admissions)]),
    '## Latency',
    formatLatencies(report),
    `![Latency of requests by second](${plots.requests})`,
    ...(plots.lag === null ? [] : [`![Latency from COMMIT to socket by second](${plots.lag})`]),
    '## Counters',
    table(
      ['counter', 'value'],
      Object.entries(report.counters).map(([name, value]) => [name, whole(value)]),
    ),
    '## CPU',
    formatCpu(report),
    '## Audit',
    report.audit === null
      ? 'Not audited: the database of the deployment was not given.'
      : `\`\`\`text\n${report.audit}\n\`\`\``,
    ...(report.messages.length === 0
      ? []
      : ['## Messages of k6', `\`\`\`text\n${report.messages.join('\n')}\n\`\`\``]),
    '',
  ].join('\n\n');
}

function formatSetting({ command, machine, system, k6, size, seconds, watchers }: RunReport): string {
  return [
    `- Command: \`${command}\``,
    `- Machine: ${machine}`,
    `- System: ${system}`,
    `- Load: ${k6}; ${short(size.rate)} arrivals per second, ${whole(size.buyers)} buyers, ${whole(watchers.sockets)} watchers and ${size.sampleSockets} sockets of k6, ${short(seconds)} s`,
  ].join('\n');
}

function formatLatencies({ requests, lag, watchers, onsale }: RunReport): string {
  const rows = Object.entries({ ...requests, ...(lag === null ? {} : { 'COMMIT to socket': lag }) });
  const text = table(
    ['milliseconds', 'count', 'p50', 'p95', 'p99', 'max'],
    rows.map(([name, { count, p50Ms, p95Ms, p99Ms, maxMs }]) => [
      name,
      whole(count),
      ...[p50Ms, p95Ms, p99Ms, maxMs].map(short),
    ]),
  );
  if (watchers.sockets === 0 || onsale !== undefined) return text;
  return `${text}\n\nWatchers received ${whole(watchers.messages)} messages, with ${watchers.gaps} gaps and ${watchers.resyncs} resyncs.`;
}

function formatCpu({ cpuSeconds, seconds, requests, memoryMib }: RunReport): string {
  const count = Object.values(requests).reduce((sum, latencies) => sum + latencies.count, 0);
  const rows = Object.entries(cpuSeconds).map(([name, cpu]) => [
    name,
    cpu.toFixed(1),
    `${((100 * cpu) / seconds).toFixed(0)} %`,
    whole((cpu / count) * 1e6),
  ]);
  const text = table(['process', 'CPU s', 'of one core', 'µs per request'], rows);
  if (memoryMib === null) return text;
  const { first, peak, last } = memoryMib;
  return `${text}\n\nResident memory of the API: ${whole(first)} MiB at the start, at most ${whole(peak)} MiB, ${whole(last)} MiB at the end.`;
}
