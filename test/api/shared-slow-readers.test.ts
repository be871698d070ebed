import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { metrics } from '../../src/platform/metrics.ts';
import { eventually } from '../support/eventually.ts';
import { SeatMapFollower } from '../support/seat-map-follower.ts';
import type { HttpFixture } from './http.fixture.ts';
import { bigEvent, nextTurn, startPatient, type BigEvent } from './shared-readers.fixture.ts';
import { applyTo, updateOf, valueOf } from './shared.fixture.ts';

let http: HttpFixture;
let event: BigEvent;
beforeAll(async () => {
  http = await startPatient();
});
afterAll(() => http.close());
beforeEach(async () => {
  event = await bigEvent(http);
});

const follower = () => new SeatMapFollower(event.hall.seatCount);
const snapshotsOf = ({ messages }: SeatMapFollower) =>
  messages.filter(({ kind }) => kind === 'snapshot').length;

it('a socket that does not read is skipped, gets one snapshot a subscription later, and costs the others nothing', async () => {
  const { feed, changeAll } = event;
  const [live, slow] = [await event.watch(), await event.watch(['a', 'b', 'c'])];
  const liveMap = follower();
  const slowMaps = { a: follower(), b: follower(), c: follower() };
  const readSlow = async () => {
    const { id, payload } = await slow.next();
    applyTo(slowMaps[id as 'a' | 'b' | 'c'], payload);
  };
  const readLive = async () => applyTo(liveMap, (await live.next())['payload']);
  await readLive();
  for (let i = 0; i < 3; i++) await readSlow();
  slow.socket.pause();
  await event.changeUntilOneIsSkipped(readLive);
  for (let i = 0; i < 50; i++) {
    changeAll();
    await readLive();
  }
  expect(await valueOf(metrics.sharedSubscribers)).toBe(4);
  slow.socket.resume();
  while (Object.values(slowMaps).some(({ version }) => version !== feed.version)) await readSlow();
  changeAll();
  for (let i = 0; i < 3; i++) await readSlow();
  await readLive();
  for (const map of [liveMap, ...Object.values(slowMaps)]) {
    expect(map.version).toBe(feed.version);
    expect(map.states).toBe(feed.snapshot().states);
    expect(map.gaps).toEqual([]);
  }
  // The one that it began with, and one for all that it missed.
  expect(Object.values(slowMaps).map(snapshotsOf)).toEqual([2, 2, 2]);
  expect(snapshotsOf(liveMap)).toBe(1);
  for (const raw of [live, slow]) raw.socket.close();
  await eventually('all have left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
});

it('an event stream that is not read is skipped, and gets a snapshot when it is read again', async () => {
  const { feed, changeAll } = event;
  const res = await event.stream();
  await event.changeUntilOneIsSkipped(nextTurn);
  for (let i = 0; i < 10; i++) changeAll();
  const map = follower();
  let text = '';
  for await (const chunk of res) {
    text += chunk as string;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data !== undefined) applyTo(map, JSON.parse(data));
    }
    if (map.version === feed.version) break;
  }
  expect(map.gaps).toEqual([]);
  expect(map.states).toBe(feed.snapshot().states);
  expect(snapshotsOf(map)).toBe(2);
  await eventually('it has left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
});

it('a message about very many seats is a snapshot', async () => {
  event = await bigEvent(http, 60);
  const raw = await event.watch();
  await raw.next();
  event.changeAll();
  expect(updateOf((await raw.next())['payload'])).toMatchObject({
    __typename: 'SeatMapSnapshot',
    version: 1,
  });
  raw.socket.close();
});
