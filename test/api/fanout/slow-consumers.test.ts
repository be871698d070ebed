import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { socketLimits } from '../../../src/transport/limits.ts';
import { SendBuffer } from '../../../src/fanout/send-buffer.ts';
import { Operations } from '../../../src/transport/websocket/operations.ts';
import { SocketSendBuffer } from '../../../src/transport/websocket/socket-send-buffer.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { eventually } from '../../support/eventually.ts';
import { SeatMapClient } from '../../support/clients/seat-map-client.ts';
import { RawSocket, type HttpFixture } from '../http/http.fixture.ts';
import { bigEvent, nextTurn, startPatient, type BigEvent } from './slow-consumers.fixture.ts';
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

/** A query for hundreds of seats, of about a hundred bytes each. */
const pages = (count: number) =>
  `query ($e: ID!) { event(id: $e) { ${Array.from({ length: count }, (_, i) => `p${i}: seats(first: 100) { ...Page }`).join(' ')} } }
  fragment Page on SeatConnection { edges { node { id index section row number label } } }`;

const follower = () => new SeatMapClient(event.hall.seatCount);
const snapshotsOf = ({ messages }: SeatMapClient) =>
  messages.filter(({ kind }) => kind === 'snapshot').length;

it('a socket that does not read is skipped, later gets one snapshot per subscription, and does not delay the others', async () => {
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
  // The first snapshot, and one for everything that it missed.
  expect(Object.values(slowMaps).map(snapshotsOf)).toEqual([2, 2, 2]);
  expect(snapshotsOf(liveMap)).toBe(1);
  for (const raw of [live, slow]) raw.socket.close();
  await eventually('all have left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
});

it('a socket that does not read its responses is not read either, and gets all of them later', async () => {
  const taken = vi.spyOn(Operations.prototype, 'open');
  const clogged = vi.spyOn(SocketSendBuffer.prototype, 'onDrain');
  onTestFinished(() => {
    taken.mockRestore();
    clogged.mockRestore();
  });
  const query = pages(15);
  const variables = { e: encodeEventId(event.hall.eventId) };
  const [slow, live] = [await RawSocket.init(http.port), await RawSocket.init(http.port)];
  slow.socket.pause();
  const ids: string[] = [];
  const ask = () => slow.subscribe(ids[ids.push(`slow ${ids.length}`) - 1] ?? '', query, variables);
  const takenOfSlow = () => taken.mock.calls.filter(([id]) => id.startsWith('slow')).length;
  // Meanwhile the other socket would have been answered as well.
  const askElsewhere = async () => {
    live.subscribe('live', query, variables);
    expect((await live.take(2)).map(({ type }) => type)).toEqual(['next', 'complete']);
  };
  while (clogged.mock.calls.length === 0) {
    ask();
    await askElsewhere();
  }
  const before = takenOfSlow();
  // Together, the responses stay below the limit of unsent bytes.
  for (let i = 0; i < 4; i++) ask();
  for (let i = 0; i < 5; i++) await askElsewhere();
  expect(takenOfSlow()).toBe(before);
  slow.socket.resume();
  const answers = await slow.take(2 * ids.length);
  for (const type of ['next', 'complete']) {
    const answered = answers.filter((answer) => answer['type'] === type).map(({ id }) => String(id));
    expect(answered.toSorted()).toEqual(ids.toSorted());
  }
  for (const raw of [slow, live]) raw.socket.close();
});

it('a socket with too many unsent bytes gets no further answer, but is closed with 4508', async () => {
  const unsent = vi.spyOn(SendBuffer.prototype, 'unsentBytes', 'get');
  onTestFinished(() => unsent.mockRestore());
  const raw = await RawSocket.init(http.port);
  unsent.mockReturnValue(socketLimits.unsentBytesMax);
  raw.subscribe('1', '{ __typename }');
  expect((await raw.take(2)).map(({ type }) => type)).toEqual(['next', 'complete']);
  unsent.mockReturnValue(socketLimits.unsentBytesMax + 1);
  raw.subscribe('2', '{ __typename }');
  await expect(raw.next()).rejects.toThrow('closed');
  expect(await raw.closed).toBe(4508);
});

it('an event stream that does not read is skipped, and gets a snapshot when it reads again', async () => {
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

it('a message with very many seats is sent as a snapshot', async () => {
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
