import type { ClusterChaosResult } from './run-cluster-chaos.ts';
import type { StrikeResult } from './strike.ts';

const BREACHES_SHOWN = 20;

/** Returns the report of a run on a cluster. */
export function formatClusterReport(result: ClusterChaosResult): string {
  const { breaches, strikes, repeated, confirmed, version, messages, seconds, starvedShare } = result;
  return [
    `  ${confirmed} confirmations, all of them kept; version ${version}; ${messages} messages to pages`,
    `  ${seconds.toFixed(0)} s, of which the machine kept buyers and pages waiting for a processor ${(100 * starvedShare).toFixed(0)} %`,
    ...strikes.map(formatStrike),
    `  requests that had to be repeated: ${[...repeated].map(([what, count]) => `${count} × ${what}`).join(', ') || 'none'}`,
    ...breaches.slice(0, BREACHES_SHOWN).map((breach) => `  BREACH: ${breach}`),
    breaches.length === 0 ? '  no breach' : `  ${breaches.length} BREACHES`,
  ].join('\n');
}

function formatStrike(strike: StrikeResult): string {
  const { kind, takeoverMs, outageMs, pagesRightMs, pagesRightAgainMs, errors, errorsEndedMs } = strike;
  return [
    `  ${kind}: takeover after ${toSeconds(takeoverMs)}`,
    `no booking for ${toSeconds(outageMs)}`,
    `pages right after ${toSeconds(pagesRightMs)}, and ${toSeconds(pagesRightAgainMs)} after it was mended`,
    errors === 0 ? 'no error' : `${errors} errors, the last ${toSeconds(errorsEndedMs)} after the takeover`,
  ].join('; ');
}

/** Returns the median and the worst of all runs as a Markdown table. */
export function formatTimes(strikes: readonly StrikeResult[]): string {
  const columns = ['takeoverMs', 'outageMs', 'pagesRightMs', 'errorsEndedMs'] as const;
  const rows = [...Map.groupBy(strikes, ({ kind }) => kind)].map(([kind, all]) => {
    const cells = columns.map((column) => medianAndWorst(all.map((each) => each[column])));
    return `| ${[`${kind} (${all.length})`, ...cells].join(' | ')} |`;
  });
  return [
    '| fault (times), seconds: median, worst | takeover | longest time without a booking | pages right after the first booking | last error after the takeover |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function medianAndWorst(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const [median, worst] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
  return `${(median / 1_000).toFixed(2)}, ${(worst / 1_000).toFixed(2)}`;
}

const toSeconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
