import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { measureUnsentBytes } from '../../../src/fanout/send-buffer.ts';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { eventually } from '../../support/eventually.ts';
import { RawSocket, type HttpFixture } from '../http/http.fixture.ts';
import {
  bigEvent,
  BUFFER_BYTES_MAX,
  nextTurn,
  startImpatient,
  type BigEvent,
} from './slow-consumers.fixture.ts';
import { valueOf } from './shared.fixture.ts';

let http: HttpFixture;
let event: BigEvent;
beforeAll(async () => {
  http = await startImpatient();
});
afterAll(() => http.close());
beforeEach(async () => {
  event = await bigEvent(http);
});

const untilOneIsClosed = async (during: () => unknown = () => undefined) => {
  const before = await valueOf(metrics.slowConsumersClosed);
  await eventually('it is closed', async () => {
    await during();
    return (await valueOf(metrics.slowConsumersClosed)) > before;
  });
};

it('a socket that does not read for too long is closed with 4508', async () => {
  const stuck = await event.watch();
  await stuck.next();
  stuck.socket.pause();
  await event.changeUntilOneIsSkipped(nextTurn);
  await untilOneIsClosed();
  stuck.socket.resume();
  expect(await stuck.closed).toBe(4508);
  await eventually('it has left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
});

it('a socket that does not read the responses to its queries is closed with 4508', async () => {
  const stuck = await RawSocket.init(http.port);
  stuck.socket.pause();
  const page = 'seats(first: 100) { edges { node { id index section row number label } } }';
  const pages = ['a', 'b', 'c', 'd', 'e'].map((alias) => `${alias}: ${page}`).join(' ');
  const query = `query ($e: ID!) { event(id: $e) { ${pages} } }`;
  let sent = 0;
  await untilOneIsClosed(() =>
    stuck.subscribe(String(sent++), query, { e: encodeEventId(event.hall.eventId) }),
  );
  stuck.socket.resume();
  expect(await stuck.closed).toBe(4508);
});

it('a socket that sends pings and does not read is closed with 4508, although it appears to be alive', async () => {
  const stuck = await RawSocket.init(http.port);
  stuck.socket.pause();
  const data = Buffer.alloc(125);
  const pingOften = async () => {
    for (let i = 0; i < 1_000; i++) stuck.socket.ping(data);
    await new Promise((resolve) => stuck.socket.ping(data, undefined, resolve));
  };
  await eventually('the answers fill its buffer', async () => {
    await pingOften();
    return measureUnsentBytes().most + 2 * data.length > BUFFER_BYTES_MAX;
  });
  await pingOften();
  await untilOneIsClosed(() => stuck.socket.pong());
  expect(measureUnsentBytes().most).toBeLessThan(BUFFER_BYTES_MAX + 2 * data.length);
  stuck.socket.resume();
  expect(await stuck.closed).toBe(4508);
});

it('an event stream that does not read for too long is destroyed', async () => {
  const res = await event.stream();
  await event.changeUntilOneIsSkipped(nextTurn);
  await eventually('it has left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
  const read = async () => {
    for await (const chunk of res) expect(chunk).toBeTruthy();
  };
  await expect(read()).rejects.toThrow('aborted');
});
