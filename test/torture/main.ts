import { createWriteStream } from 'node:fs';
import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { parseFaults } from '../chaos/cluster/all-faults.ts';
import type { ClusterFaultKind } from '../chaos/cluster/cluster-fault.ts';
import { runTorture, type TortureResult } from './torture.ts';

await runCommand(async () => {
  const { values } = readArguments('torture', {
    options: {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string' },
      'round-seconds': { type: 'string', default: '30' },
      clients: { type: 'string', default: '40' },
      log: { type: 'string' },
      'no-faults': { type: 'boolean', default: false },
      cluster: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  const number = (name: 'minutes' | 'round-seconds' | 'clients' | 'seed', text: string) => {
    const value = Number(text);
    if (!(value > 0)) throw new UsageError('torture', `--${name} must be a positive number, not ${text}`);
    return value;
  };
  const seconds = 60 * number('minutes', values.minutes);
  const seed =
    values.seed === undefined ? Math.floor(Math.random() * 1_000_000_000) + 1 : number('seed', values.seed);
  const report = (line: string) => void process.stdout.write(`${line}\n`);
  const log = values.log === undefined ? undefined : createWriteStream(values.log);
  report(`seed ${seed}`);
  const result = await runTorture({
    seed,
    seconds,
    roundSeconds: Math.min(seconds, number('round-seconds', values['round-seconds'])),
    faults: !values['no-faults'],
    onCluster: values.cluster,
    ...(values.only === undefined ? {} : { clusterFaults: chooseFaults(values.only, values.cluster) }),
    clients: number('clients', values.clients),
    report,
    ...(log === undefined ? {} : { log: (line: string) => void log.write(`${line}\n`) }),
  });
  log?.end();
  report(formatSummary(result, values.cluster));
  process.exitCode = result.breaches.length === 0 ? 0 : 1;
});

function chooseFaults(names: string, onCluster: boolean): readonly ClusterFaultKind[] {
  if (!onCluster) throw new UsageError('torture', '--only needs --cluster');
  return parseFaults('torture', names);
}

function formatSummary(
  { tally, faults, promotions, breaches, errors }: TortureResult,
  onCluster: boolean,
): string {
  const table = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `  ${String(count).padStart(8)}  ${name}`);
  const took = [0.5, 0.99, 1].map((share) => tally.tookMs(share).toFixed(0));
  return [
    '',
    `${tally.attempts} attempts on ${tally.events} events: ${tally.bookings} bookings, ${tally.versions} versions, ${tally.steps} seat steps`,
    `response time: median ${took[0]} ms, 99th percentile ${took[1]} ms, maximum ${took[2]} ms`,
    `holds expired at most ${tally.expiredLateMaxMs} ms after their seats could be taken`,
    '',
    'Attempts by outcome',
    ...table(tally.outcomes),
    '',
    'Faults by kind',
    ...table(faults),
    ...(onCluster ? ['', `${promotions} promotions of a standby`] : []),
    '',
    'Errors in the server logs',
    ...table(errors),
    '',
    'Breaches by rule',
    ...table(countBy(breaches.map(({ rule }) => rule))),
    '',
    breaches.length === 0
      ? 'No breach.'
      : `${breaches.length} BREACHES, in the rounds with seeds ${[...new Set(breaches.map(({ seed }) => seed))].join(', ')}.`,
  ].join('\n');
}

function countBy(names: readonly string[]): Map<string, number> {
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}
