import { createClient } from 'graphql-sse';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { SEAT_UPDATES } from '../../../src/web/seat-feed/graphql-ws.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { SeatFeedSocket } from '../../support/clients/seat-feed-socket.ts';
import { eventually } from '../../support/eventually.ts';
import { pause } from '../../support/pause.ts';
import { TestCluster } from './cluster.fixture.ts';

const OPENED_AT_ONCE = 100;
const STORM_SOCKETS = 1_000;
/** Ticks of a processor's clock in a second, for /proc. */
const CLOCK_TICKS = 100;

let cluster: TestCluster;
let buyer: BuyerClient;
let nextSeat = 0;
let sockets: SeatFeedSocket[] = [];

beforeAll(async () => {
  cluster = await TestCluster.start();
  buyer = await BuyerClient.start(cluster.nodes.url);
});
afterEach(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  sockets = [];
  await cluster.run('heal');
});
afterAll(() => cluster.stop());

it('closes the sockets of a process that stops with 1001, and they go on at the others', async () => {
  await openSockets(60);
  await node('api-1').stop();
  await eventually('all sockets are live without it', isShownByAll(await book()));
  const codes = sockets.flatMap(({ closed }) => closed);
  expect(codes.length).toBeGreaterThan(0);
  expect(codes.filter((code) => code !== 1001)).toEqual([]);
});

it('reconnects every socket after the balancer was restarted', async () => {
  await openSockets(60);
  await node('balancer').stop();
  await node('balancer').start();
  await eventually('all sockets are live again', isShownByAll(await book()));
  expect(sockets.filter(({ closed }) => closed.length === 0)).toEqual([]);
});

it('streams server-sent events, and clients connect to the other process when theirs stops', async () => {
  const client = createClient({
    url: `${cluster.nodes.url}/graphql`,
    retryAttempts: 100,
    retry: () => pause(100),
  });
  const variables = { eventId: encodeEventId(cluster.hall.eventId), afterVersion: null };
  let shown = -1;
  const leave = client.subscribe<{ readonly seatUpdates: { readonly version: number } }>(
    { query: SEAT_UPDATES, variables },
    { next: ({ data }) => (shown = data?.seatUpdates.version ?? shown), error() {}, complete() {} },
  );
  await eventually('the snapshot is there', () => shown >= 0);
  const showsNext = async () => {
    const version = await book();
    await eventually('the next change is there', () => shown >= version);
    return version;
  };
  await showsNext();
  for (const name of ['api-1', 'api-2']) {
    await node(name).stop();
    const version = await showsNext();
    expect(shown).toBeGreaterThanOrEqual(version);
    await node(name).start();
  }
  leave();
  client.dispose();
});

it('has every one of a thousand sockets right again after the death of their process', async () => {
  await openSockets(STORM_SOCKETS);
  const survivor = node('api-2');
  const cpuBefore = readMainThreadMs(survivor.pid);
  const killedAt = performance.now();
  await node('api-1').kill();
  const version = await book();
  await eventually('all sockets are right', isShownByAll(version));
  const tookMs = performance.now() - killedAt;
  const cpuMs = readMainThreadMs(survivor.pid) - cpuBefore;
  const moved = sockets.filter(({ closed }) => closed.length > 0).length;
  // docs/cluster.md has figures of this line.
  console.info(
    `${moved} of ${STORM_SOCKETS} sockets reconnected; all right ${tookMs.toFixed(0)} ms after the kill, ` +
      `for ${cpuMs.toFixed(0)} ms of the main thread of the process that took them over`,
  );
  const map = await readSeatMap(cluster.database.reads, cluster.hall.eventId);
  expect(new Set(sockets.map(({ feed }) => feed.states))).toEqual(new Set([map?.states.encode()]));
});

async function openSockets(count: number): Promise<void> {
  while (sockets.length < count) {
    const opened = Array.from(
      { length: Math.min(OPENED_AT_ONCE, count - sockets.length) },
      () => new SeatFeedSocket(cluster.nodes.url, cluster.hall),
    );
    sockets.push(...opened);
    await eventually('the sockets are live', () => opened.every((socket) => socket.hasReached(0)));
  }
}

/** Holds the next seat, and returns a version that shows it. */
async function book(): Promise<number> {
  const { eventId } = cluster.hall;
  await eventually('a seat is held', async () => {
    const held = await buyer.hold(eventId, [nextSeat], `seat ${nextSeat}`).catch(() => undefined);
    return held?.['__typename'] === 'Booking';
  });
  nextSeat++;
  return (await readSeatMap(cluster.database.reads, eventId))?.version ?? Infinity;
}

function isShownByAll(version: number): () => boolean {
  return () => sockets.every((socket) => socket.hasReached(version));
}

function node(name: string) {
  const found = cluster.nodes.nodes.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** Returns the CPU time of a process's main thread. */
function readMainThreadMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
  const [utime = 0, stime = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return ((utime + stime) / CLOCK_TICKS) * 1_000;
}
