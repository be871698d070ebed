import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventIdOf } from '../../src/platform/ids.ts';
import { metrics } from '../../src/platform/metrics.ts';
import type { LiveFeed } from '../../src/seating/live-feed.ts';
import { eventually } from '../support/eventually.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { SeatMapFollower } from '../support/seat-map-follower.ts';
import { RawSocket, startHttp, type HttpFixture } from './http.fixture.ts';
import { applyTo, seatUpdates, updateOf, valueOf } from './shared.fixture.ts';

let http: HttpFixture;
let hall: Hall;
let feed: LiveFeed;
beforeAll(async () => {
  http = await startHttp({
    FEED_TICK_MS: '0',
    READER_STUCK_SECONDS: '2',
    SOCKET_MESSAGES_PER_SECOND_MAX: '1000',
  });
});
afterAll(() => http.close());
beforeEach(async () => {
  hall = await createHall(http.context.database.reads, { rows: 40, seatsPerRow: 50 });
  ({ feed } = await http.context.feeds.acquire(hall.eventId));
});

/** All seats change at once: some 60 kB a message. */
function changeAll(): void {
  const code = feed.version % 2 === 0 ? 1 : 0;
  const seats = Array.from({ length: hall.seatCount }, (_, seat) => [seat, code] as [number, 0 | 1]);
  const { eventId } = hall;
  feed.take({ eventId, fromVersion: feed.version, version: feed.version + 1, seats, bookingIds: [] });
}

async function changeUntilOneIsSkipped(others: () => Promise<void>): Promise<number> {
  const before = await valueOf(metrics.readersSkipped);
  for (let count = 1; count <= 2_000; count++) {
    changeAll();
    await others();
    if ((await valueOf(metrics.readersSkipped)) > before) return count;
  }
  throw new Error('nobody was skipped');
}

async function watch(ids: readonly string[] = ['1']): Promise<RawSocket> {
  const raw = await RawSocket.init(http.port);
  for (const id of ids) raw.subscribe(id, seatUpdates, { e: eventIdOf(hall.eventId) });
  return raw;
}

describe('a socket that does not read', () => {
  it('is skipped, gets one snapshot when it reads again, and costs the others nothing', async () => {
    const [live, slow] = [await watch(), await watch(['a', 'b', 'c'])];
    const [liveMap, ...slowMaps] = [1, 2, 3, 4].map(() => new SeatMapFollower(hall.seatCount));
    applyTo(liveMap as SeatMapFollower, (await live.next())['payload']);
    const take = (message: Record<string, unknown>) =>
      applyTo(slowMaps['abc'.indexOf(String(message['id']))] as SeatMapFollower, message['payload']);
    for (const message of await slow.take(3)) take(message);
    slow.socket.pause();
    const others = async () => applyTo(liveMap as SeatMapFollower, (await live.next())['payload']);
    await changeUntilOneIsSkipped(others);
    for (let i = 0; i < 50; i++) {
      changeAll();
      await others();
    }
    expect(await valueOf(metrics.sharedSubscribers)).toBe(4);
    slow.socket.resume();
    while (slowMaps.some(({ version }) => version !== feed.version)) take(await slow.next());
    changeAll();
    for (const message of await slow.take(3)) take(message);
    await others();
    for (const follower of [liveMap as SeatMapFollower, ...slowMaps]) {
      expect(follower.version).toBe(feed.version);
      expect(follower.states).toBe(feed.snapshot().states);
      expect(follower.gaps).toEqual([]);
    }
    const snapshots = slowMaps.map(
      ({ messages }) => messages.filter(({ kind }) => kind === 'snapshot').length,
    );
    // The one it began with, and one for all that it missed.
    expect(snapshots).toEqual([2, 2, 2]);
    expect(liveMap?.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
    for (const raw of [live, slow]) raw.socket.close();
  });

  it('is closed with 4508 when it stays so', async () => {
    const stuck = await watch();
    await stuck.next();
    stuck.socket.pause();
    const before = await valueOf(metrics.readersClosed);
    await changeUntilOneIsSkipped(() => Promise.resolve());
    await eventually('it is closed', async () => (await valueOf(metrics.readersClosed)) === before + 1);
    stuck.socket.resume();
    expect(await stuck.closed).toBe(4508);
    await eventually('it has left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
  });

  it('is closed with 4508 also when it reads no answers to its queries', async () => {
    const stuck = await RawSocket.init(http.port);
    stuck.socket.pause();
    const before = await valueOf(metrics.readersClosed);
    const page = 'seats(first: 100) { edges { node { id index section row number label } } }';
    const pages = ['a', 'b', 'c', 'd', 'e'].map((alias) => `${alias}: ${page}`).join(' ');
    let sent = 0;
    await eventually('it is closed', async () => {
      stuck.subscribe(String(sent++), `query ($e: ID!) { event(id: $e) { ${pages} } }`, {
        e: eventIdOf(hall.eventId),
      });
      return (await valueOf(metrics.readersClosed)) > before;
    });
    stuck.socket.resume();
    expect(await stuck.closed).toBe(4508);
  });
});

describe('an event stream that is not read', () => {
  async function open(): Promise<IncomingMessage> {
    const req = request(`${http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    });
    req.end(JSON.stringify({ query: seatUpdates, variables: { e: eventIdOf(hall.eventId) } }));
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    return res.setEncoding('utf8');
  }

  it('is skipped, and gets a snapshot when it is read again', async () => {
    const res = await open();
    await changeUntilOneIsSkipped(() => new Promise((resolve) => setImmediate(resolve)));
    for (let i = 0; i < 10; i++) changeAll();
    const follower = new SeatMapFollower(hall.seatCount);
    let text = '';
    for await (const chunk of res) {
      text += chunk as string;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (data !== undefined) applyTo(follower, JSON.parse(data));
      }
      if (follower.version === feed.version) break;
    }
    expect(follower.gaps).toEqual([]);
    expect(follower.states).toBe(feed.snapshot().states);
    expect(follower.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(2);
    await eventually('it has left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
  });

  it('is cut when it stays so', async () => {
    const res = await open();
    await changeUntilOneIsSkipped(() => new Promise((resolve) => setImmediate(resolve)));
    await eventually('it has left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
    const read = async () => {
      for await (const chunk of res) expect(chunk).toBeTruthy();
    };
    await expect(read()).rejects.toThrow('aborted');
  });
});

it('a message about very many seats is a snapshot', async () => {
  hall = await createHall(http.context.database.reads, { rows: 60, seatsPerRow: 50 });
  ({ feed } = await http.context.feeds.acquire(hall.eventId));
  const raw = await watch();
  await raw.next();
  changeAll();
  expect(updateOf((await raw.next())['payload'])).toMatchObject({
    __typename: 'SeatMapSnapshot',
    version: 1,
  });
  raw.socket.close();
});
