import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serveApi } from '../../../src/main/api.ts';
import { createContext } from '../../../src/main/context.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { readMergedChanges } from '../../../src/seating/map/seat-map.sql.ts';
import { SeatMapCache } from '../../../src/seating/map/seat-map-cache.ts';
import { SeatMaps } from '../../../src/seating/map/seat-maps.ts';
import { ownCpuSeconds } from '../cpu.ts';

/*
 * An API process whose seat maps are never cached, as a child process. Sends its port to the parent. Answers each message: `cpu` with
 * its CPU time, `changes` with the port of GET /<event>/<after>/<version>, which reads recorded changes as a client causes it
 * that resumes, and `replica` with what its reads used so far, after it has measured its replica.
 */

export interface ReplicaReport {
  readonly states: readonly string[];
  /** Number of reads by result: `replica`, `behind`, `unavailable` or `failed`. */
  readonly reads: Readonly<Record<string, number>>;
}

const CHANGES_MAX = { steps: 120_000, seats: 20_000 };

class NoCache extends SeatMapCache {
  override read() {
    return Promise.resolve(null);
  }
  override store() {
    return Promise.resolve(false);
  }
}

const context = await createContext(loadConfig());
const { database, feeds, logger, redis } = context;
const { reads: db, replicas } = database;
const seatMaps = new SeatMaps({ db, replicas, feeds, cache: new NoCache(redis, logger) });
const { port } = await serveApi({ ...context, seatMaps });

const changes = createServer((req, res) => {
  const [eventId = 0, after = 0, version = 0] = (req.url ?? '').slice(1).split('/').map(Number);
  const read = replicas.read(
    (from) => readMergedChanges(from, eventId, after, version, CHANGES_MAX),
    (found) => found !== null,
    0,
  );
  void read.then((found) => {
    const body = JSON.stringify(found);
    res.writeHead(200, { 'content-length': Buffer.byteLength(body) });
    res.end(body);
  });
});
changes.listen(0, '127.0.0.1');
await once(changes, 'listening');

async function report(): Promise<ReplicaReport> {
  await replicas.measure();
  const { values } = await metrics.replicaReads.get();
  const reads = Object.fromEntries(values.map(({ labels, value }) => [String(labels.result), value]));
  return { states: replicas.states, reads };
}

process.on('message', (message) => {
  if (message === 'replica') void report().then((answer) => process.send?.(answer));
  else if (message === 'changes') process.send?.({ port: (changes.address() as AddressInfo).port });
  else process.send?.({ cpuSeconds: ownCpuSeconds() });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port });
