import type { AdversaryResult } from './adversary.ts';
import { HEAP_MIB } from './target/target.ts';
import { bounds, mib } from './judge.ts';

/** Returns the report of a run. */
export function formatReport(result: AdversaryResult): string {
  const { tried, honest, findings, errorLines } = result;
  const requests = [...tried.values()].reduce((sum, count) => sum + count, 0);
  const table = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `  ${String(count).padStart(8)}  ${name}`);
  const byProperty = Map.groupBy(findings, ({ finding }) => finding.property);
  return [
    '',
    `${requests} requests and connections in ${result.rounds} rounds, and ${result.storedCases} stored cases`,
    ...table(tried),
    '',
    `longest turn of the event loop  ${result.longestTurnAloneMs.toFixed(0)} ms of CPU by an attack that ran alone`,
    `                                ${result.longestTurnMs.toFixed(0)} ms with several at once; ${result.unrepeatedTurns} turns over ${bounds.turnMs} ms, none of them repeated by an attack alone`,
    `peak memory                     heap ${mib(result.peakHeapBytes)} MiB of ${HEAP_MIB}, resident ${mib(result.peakRssBytes)} MiB`,
    `memory kept                     ${mib(result.keptAtStartBytes)} MiB after a quarter of the time, ${mib(result.keptAtEndBytes)} MiB at the end`,
    `honest clients                  ${honest.held} holds, the slowest with its release took ${honest.worstMs.toFixed(0)} ms; ${honest.updates} seat updates`,
    `error lines                     ${[...errorLines.values()].reduce((sum, lines) => sum + lines, 0)}`,
    ...table(errorLines),
    '',
    ...[...byProperty].map(
      ([property, all]) =>
        `  ${String(all.length).padStart(8)}  broken: ${property} (${all.map(({ times }) => times).join(', ')} times)`,
    ),
    findings.length === 0 ? 'No finding.' : `${findings.length} FINDINGS.`,
  ].join('\n');
}
