import { watch, type SocketWatcher } from './socket-watcher.ts';
import type { FinalMap } from '../target/target.ts';

/*
 * Sockets that watch one event, as a child process: watchers-process.ts URL EVENT-ID SEATS SOCKETS. It reports when all have
 * subscribed, compares their maps with the final one on request, and then reports what they received.
 */

/** A broadcast and its arrivals. */
export interface Broadcast {
  readonly fromVersion: number;
  readonly version: number;
  /** Arrival at each socket, in milliseconds since 1970. */
  readonly arrivals: Float64Array;
}

export interface WatchersReport {
  readonly sockets: number;
  readonly messages: number;
  /** Messages that did not continue the previous one of their socket. */
  readonly gaps: number;
  /** Snapshots after the first one: the server skipped messages of a slow consumer. */
  readonly resyncs: number;
  /** Sockets that ended early. */
  readonly closed: number;
  /** Sockets whose map differs from the final one. */
  readonly wrongMaps: number;
  readonly broadcasts: readonly Broadcast[];
}

const [url = '', eventId = '', seats = '0', sockets = '0'] = process.argv.slice(2);
const OPENED_AT_ONCE = 50;
const CAUGHT_UP_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 20;

const arrivals = new Map<string, { fromVersion: number; version: number; at: number[] }>();
const record = (fromVersion: number, version: number, at: number) => {
  const key = `${fromVersion}-${version}`;
  const known = arrivals.get(key);
  if (known === undefined) arrivals.set(key, { fromVersion, version, at: [at] });
  else known.at.push(at);
};

const watchers: SocketWatcher[] = [];
const total = Number(sockets);
while (watchers.length < total) {
  const count = Math.min(OPENED_AT_ONCE, total - watchers.length);
  const first = watchers.length;
  const opened = Array.from({ length: count }, (_, i) =>
    watch({ url, eventId, seatCount: Number(seats), client: first + i, onChanges: record }),
  );
  watchers.push(...(await Promise.all(opened)));
}

process.on('message', ({ version, states }: FinalMap) => {
  const deadline = performance.now() + CAUGHT_UP_WITHIN_MS;
  const look = (): void => {
    const isBehind = watchers.some((watcher) => watcher.version < version);
    if (isBehind && performance.now() < deadline) setTimeout(look, LOOK_EVERY_MS);
    else report(version, states);
  };
  look();
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

function report(version: number, states: string): void {
  const sum = (of: (watcher: SocketWatcher) => number) =>
    watchers.reduce((total, watcher) => total + of(watcher), 0);
  process.send?.({
    sockets: watchers.length,
    messages: sum(({ messages }) => messages),
    gaps: sum(({ gaps }) => gaps),
    resyncs: sum(({ resyncs }) => resyncs),
    closed: sum(({ isClosed }) => Number(isClosed)),
    wrongMaps: sum((watcher) => Number(!watcher.shows(version, states))),
    broadcasts: [...arrivals.values()].map(({ at, ...versions }) => ({
      ...versions,
      arrivals: Float64Array.from(at),
    })),
  } satisfies WatchersReport);
}
