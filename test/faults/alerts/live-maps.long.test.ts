import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Identity } from '../../../src/identity/identity.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { silent } from '../../support/booking.ts';
import { socketTo } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { pause } from '../../support/pause.ts';
import { TEST_SECRET } from '../../support/processes/api-process.ts';
import { AlertBench, expectAlerts, SCRAPES_AFTER } from './alert-bench.ts';

/** Sockets that do not read. More than a rate of 0.2 per second over five minutes. */
const SLOW_CONSUMERS = 70;
/** Subscriptions of each of them. Many, because the kernel takes some megabytes for each socket first. */
const SUBSCRIPTIONS_EACH = 40;
const SEATS_A_CHANGE = 900;
/** More than a rate of 10 per second over five minutes. */
const REFUSED = 3_300;

let bench: AlertBench;

beforeAll(async () => {
  bench = await AlertBench.start({
    FEED_TICK_MS: '0',
    READER_BUFFER_BYTES_MAX: '65536',
    READER_STUCK_SECONDS: '0.2',
    CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: '1000000000',
  });
});

afterAll(() => bench[Symbol.asyncDispose]());

it('alerts name late messages and a blocked event loop while a node freezes', async () => {
  const { processes, hall } = bench;
  const remote = bench.buyer.at(processes['api-2'].url);
  const client = socketTo(bench.url);
  const countSent = () => bench.read('api-1', 'sellout_commit_to_socket_seconds_count');
  const query = `subscription { seatUpdates(eventId: "${encodeEventId(hall.eventId)}") { __typename } }`;
  const first = Promise.withResolvers<void>();
  client.subscribe({ query }, { next: () => first.resolve(), error: first.reject, complete: () => {} });
  await first.promise;
  const holdAndWatch = async () => {
    const sent = await countSent();
    expect(await bench.hold(remote)).toMatchObject({ __typename: 'Booking' });
    await eventually('it is sent', async () => (await countSent()) > sent);
  };
  const before = await bench.scrapeTimes(3, holdAndWatch);

  const after = await bench.scrapeTimes(SCRAPES_AFTER, async () => {
    // The measurement of the event loop starts over at a scrape, and needs two of its timers.
    await pause(50);
    processes['api-1'].freeze();
    expect(await bench.hold(remote)).toMatchObject({ __typename: 'Booking' });
    await pause(1_100);
    processes['api-1'].thaw();
    await pause(50);
  });
  const alerts = ['SelloutEventLoopBlocked', 'SelloutMapsLateBurnFast', 'SelloutMapsLateBurnSlow'];
  await expectAlerts({ before, after, alerts });
  await client.dispose();
});

/** Opens a socket that subscribes to the seats of the hall, and then reads nothing. */
async function watchWithoutReading(): Promise<WebSocket> {
  const socket = new WebSocket(`${bench.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.pause();
  const query = `subscription { seatUpdates(eventId: "${encodeEventId(bench.hall.eventId)}") {
    ... on SeatsChanged { seats { index status } } } }`;
  for (let id = 1; id <= SUBSCRIPTIONS_EACH; id++)
    socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }));
  return socket;
}

it('an alert names slow consumers that are disconnected', async () => {
  const { db, hall } = bench;
  const identity = new Identity({ secret: TEST_SECRET, provider: null }, db.reads, silent);
  const { token } = await identity.issue({ userId: hall.organizerId, role: 'ORGANIZER' });
  const organizer = bench.buyer.as(token);
  const seatIds = Array.from({ length: SEATS_A_CHANGE }, (_, i) =>
    encodeSeatId(hall.eventId, hall.seatCount - 1 - i),
  );
  const input = { eventId: encodeEventId(hall.eventId), seatIds };
  const change = async (name: 'blockSeats' | 'unblockSeats') => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { done: ${name}(input: $input) { __typename } }`;
    expect(await organizer.send(query, { input })).toEqual({ data: { done: { __typename: 'Event' } } });
  };
  const sockets = await Promise.all(Array.from({ length: SLOW_CONSUMERS }, watchWithoutReading));
  const before = await bench.scrapeTimes(2);
  await eventually('they are disconnected', async () => {
    await change('blockSeats');
    await change('unblockSeats');
    return (await bench.read('api-1', 'sellout_slow_consumers_closed_total')) === SLOW_CONSUMERS;
  });
  await expectAlerts({ before, after: await bench.scrapeTimes(4), alerts: ['SelloutSlowConsumers'] });
  for (const socket of sockets) socket.terminate();
});

it('an alert names refused requests', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const refuse = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { agent, headers: { accept: 'image/png' } };
      request(`${bench.url}/graphql?query={__typename}`, options, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
        .on('error', reject)
        .end();
    });
  // The first sample of a new series is no increase to Prometheus.
  const before = await bench.scrapeTimes(2, refuse);
  const statuses = new Set(await Promise.all(Array.from({ length: REFUSED }, refuse)));
  expect(statuses).toEqual(new Set([406]));
  agent.destroy();
  await expectAlerts({ before, after: await bench.scrapeTimes(4), alerts: ['SelloutRefusals'] });
});
