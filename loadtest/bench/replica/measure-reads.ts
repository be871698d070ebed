import { closedLoop } from '../closed-loop.ts';
import { readCpuSeconds } from '../cpu.ts';
import { HttpConnection } from '../http/http-client.ts';
import { ratioAndSpread, short, table, whole } from '../markdown.ts';
import { measure, median, medians, ratesTo, type Figures } from '../measure.ts';
import type { ServerProcess } from '../server-process.ts';
import type { Read, ReadTargets } from './reads.ts';
import { EVENTS, type ReplicaContext } from './replica-context.ts';
import type { ReplicaReport } from './replica-server.ts';

export interface ReadsFigures extends Figures {
  readonly apiMicros: number;
  readonly standbyMicros: number;
  /** Share of the reads that the replica answered. */
  readonly onReplica: number;
}

export interface ReadsContender {
  readonly read: Read;
  readonly from: 'primary' | 'replica';
  readonly server: ServerProcess;
  readonly runs: ReadsFigures[];
}

/** Reads with 16 callers. */
export async function measureReads(
  { services, standby }: ReplicaContext,
  { read, server }: Pick<ReadsContender, 'read' | 'server'>,
  targets: ReadTargets,
  seconds: number,
): Promise<ReadsFigures> {
  const port = read.isOfChanges === true ? (await server.ask<{ port: number }>('changes')).port : server.port;
  const connections = await Promise.all(Array.from({ length: EVENTS }, () => HttpConnection.open(port)));
  const requests = connections.map((_, caller) => read.request(targets, caller));
  const usage = async () => ({
    api: await server.cpuSeconds(),
    standby: readCpuSeconds(standby.process.pid ?? 0),
    reads: (await server.ask<ReplicaReport>('replica')).reads,
  });
  const before = await usage();
  const figures = await measure(services, () =>
    closedLoop(EVENTS, seconds, async (caller) => {
      const answer = await connections[caller]?.send(requests[caller] ?? '');
      if (answer?.body.includes(read.expected) !== true)
        throw new Error(`unexpected response: ${answer?.body.toString().slice(0, 500)}`);
      return 'shown';
    }),
  );
  const after = await usage();
  for (const connection of connections) connection.close();
  const toMicros = (cpuSeconds: number) => (cpuSeconds / figures.responses) * 1e6;
  return {
    ...figures,
    apiMicros: toMicros(after.api - before.api),
    standbyMicros: toMicros(after.standby - before.standby),
    onReplica: shareOnReplica(before.reads, after.reads),
  };
}

/** Returns NaN if nothing could be read from a replica. */
function shareOnReplica(before: ReplicaReport['reads'], after: ReplicaReport['reads']): number {
  const of = (result: string) => (after[result] ?? 0) - (before[result] ?? 0);
  return of('replica') / (of('replica') + of('behind') + of('unavailable'));
}

export function reportReads(contenders: readonly ReadsContender[]): string {
  const rows = contenders.map(({ read, from, runs }) => {
    const { perSecond, p50Ms, p99Ms, postgresMicros } = medians(runs);
    const primary = contenders.find((other) => other.read === read && other.from === 'primary');
    const of = (name: keyof ReadsFigures) => median(runs.map((run) => run[name]));
    return [
      `${read.label}: ${from}`,
      whole(perSecond),
      ratioAndSpread(ratesTo(runs, primary?.runs ?? [])),
      short(p50Ms),
      short(p99Ms),
      short(of('apiMicros')),
      short(postgresMicros),
      short(of('standbyMicros')),
      from === 'primary' ? '–' : `${short(of('onReplica') * 100)}%`,
    ];
  });
  const header = [
    'read',
    'reads/s',
    'to the primary',
    'p50 ms',
    'p99 ms',
    'API µs',
    'primary µs',
    'replica µs',
    'on the replica',
  ];
  return table(header, rows);
}
