import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { waitUntil } from '../../../scripts/local/processes.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { eventTopic } from '../../../src/messaging/messages.ts';
import { createPublisher, createWatermarks, type Publisher } from '../../../src/messaging/publisher.ts';
import { createSubscriber } from '../../../src/messaging/subscriber.ts';
import { requireWhole } from '../../../src/platform/redis/redis.ts';
import { SeatMapCache } from '../../../src/seating/map/seat-map-cache.ts';
import { republishAll } from '../../../src/workers/republish.ts';
import { createBuyerId, silent, startBookingProcess, unannounced } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { LimitedProcess, ManualClock } from '../traffic/traffic.fixture.ts';
import { aChange, clusterSuite, EVENT_IDS } from './cluster.fixture.ts';

/** A series that is not heard by then has lost a message. */
const SERIES_WITHIN_MS = 3_000;

const { server, redis, connect, masterOf, eventOfEachMaster, whole } = clusterSuite();

async function startPublisher(): Promise<Publisher> {
  const publisher = createPublisher(server().address, silent);
  onTestFinished(() => publisher.close());
  await eventually('it is connected', () => publisher.publishSeatsChanged(aChange(1_000)));
  return publisher;
}

describe('a Redis Cluster', () => {
  it('takes the first commands to every master, and reads of many events', async () => {
    const client = await connect();
    onTestFinished(() => client.disconnect());
    const cache = new SeatMapCache(client, silent);
    const watermarks = createWatermarks(client);
    await Promise.all(EVENT_IDS.map((id) => watermarks.raise(id, id)));
    expect(await watermarks.read(EVENT_IDS)).toEqual(EVENT_IDS);
    const { batchId } = aChange(1);
    const maps = EVENT_IDS.map((id) => cache.store(id, 4, { version: id, batchId, states: 'AA==' }));
    expect(await Promise.all(maps)).toEqual(EVENT_IDS.map(() => true));
    expect((await cache.readMany(EVENT_IDS)).map((map) => map?.version)).toEqual(EVENT_IDS);
  });

  it('delivers what is published for any event, in order, to subscribers at any node', async () => {
    const publisher = await startPublisher();
    for (const url of server().address) {
      const subscriber = createSubscriber([url], silent);
      onTestFinished(() => subscriber.close());
      const heard = new Map<number, number[]>(EVENT_IDS.map((id) => [id, []]));
      const subscriptions = EVENT_IDS.map((id) =>
        subscriber.subscribeSeatsChanged(id, ({ version }) => heard.get(id)?.push(version)),
      );
      await Promise.all(subscriptions.map(({ ready }) => ready));
      let versions = [-4, -3, -2, -1, 0];
      const series = () =>
        [...heard.values()].map((each) => each.filter((version) => versions.includes(version)));
      // Nodes connect to each other again after a link broke, and what they publish meanwhile is lost.
      await eventually('a whole series is heard', async () => {
        versions = versions.map((version) => version + versions.length);
        const changes = versions.flatMap((version) => EVENT_IDS.map((id) => aChange(id, version)));
        const published = await Promise.all(changes.map((change) => publisher.publishSeatsChanged(change)));
        expect(published).not.toContain(false);
        return waitUntil(() => series().flat().length === changes.length, SERIES_WITHIN_MS);
      });
      for (const each of series()) expect(each).toEqual(versions);
    }
  });

  it('runs no command twice whose connection broke', async () => {
    const [eventId = 1] = EVENT_IDS;
    const key = `event:{${eventId}}:counter`;
    await redis().set(key, 0);
    const node = redis()
      .nodes('master')
      .find(({ options }) => `${options.host}:${options.port}` === redis().getNodeOf(key));
    if (node === undefined) throw new Error('no master has the key');
    masterOf(eventId).freeze();
    const counted = redis().incr(key);
    await eventually('the command was sent', () => node.stream.writableLength === 0);
    const result = counted.then(
      () => 'counted',
      () => 'failed',
    );
    node.stream.destroy();
    masterOf(eventId).thaw();
    expect(await result).toBe('failed');
    await eventually('the server has run it', async () => (await redis().get(key)) !== '0');
    expect(await redis().get(key)).toBe('1');
  });
});

describe('a frozen master', () => {
  it('delays no messages and no rate limits of events on other masters', async () => {
    const publisher = await startPublisher();
    const clock = new ManualClock();
    const quotas = { holds: { buyer: 10, address: 10, network: 10 } };
    await using one = await LimitedProcess.start(server().address, quotas, clock);
    await using two = await LimitedProcess.start(server().address, quotas, clock);
    const [lost = 1, healthy = 1] = eventOfEachMaster();
    masterOf(lost).freeze();
    try {
      const published = Array.from({ length: 30 }, (_, i) =>
        publisher.publishSeatsChanged(aChange(healthy, i + 1)),
      );
      expect(await Promise.all(published)).not.toContain(false);
      // Each process by itself for the event that is away, both together for the other.
      for (const process of [one, two])
        expect(await process.count(20, '192.0.2.1', { eventId: lost })).toBe(10);
      const shared = [];
      for (const process of [one, two])
        shared.push(await process.count(20, '192.0.2.1', { eventId: healthy }));
      expect(shared).toEqual([10, 0]);
    } finally {
      masterOf(lost).thaw();
    }
    await whole();
  });
});

describe('a killed master', () => {
  let lost: number;
  let healthy: number;
  beforeAll(async () => {
    [lost = 1, healthy = 1] = eventOfEachMaster();
    await redis().set(`{${healthy}}`, 'here');
    await masterOf(lost).kill();
    await eventually('it is noticed', () => !redis().isWhole);
  });

  it('fails commands for its events, and the check of readiness', async () => {
    await expect(redis().set(`{${lost}}`, 'x')).rejects.toThrow();
    await expect(createWatermarks(redis()).read([healthy, lost])).rejects.toThrow();
    expect(await redis().get(`{${healthy}}`)).toBe('here');
    await eventually('the check fails', () =>
      requireWhole(redis()).then(
        () => false,
        ({ message }: Error) => message === 'the cluster does not serve all slots',
      ),
    );
  });

  it('is left by subscribers for the next node', async () => {
    const urls = [masterOf(lost).url, masterOf(healthy).url];
    // Each begins with one of the two by chance.
    const subscribers = Array.from({ length: 10 }, () => createSubscriber(urls, silent));
    onTestFinished(() => subscribers.forEach((subscriber) => subscriber.close()));
    const heard = new Set<number>();
    const subscriptions = subscribers.map((subscriber, i) =>
      subscriber.subscribeSeatsChanged(healthy, () => heard.add(i)),
    );
    await Promise.all(subscriptions.map(({ ready }) => ready));
    await redis().publish(eventTopic(healthy), JSON.stringify(aChange(healthy)));
    await eventually('all hear the message', () => heard.size === subscribers.length);
    expect([...heard].toSorted((a, b) => a - b)).toEqual(subscribers.map((_, i) => i));
  });

  it('keeps no change of other events from being republished', async () => {
    await using database = await createTestDatabase();
    await using app = startBookingProcess(database.url);
    const publisher = await startPublisher();
    const halls = [];
    for (let i = 0; i < 12; i++) halls.push(await createHall(app.database.reads));
    const ids = halls.map(({ eventId }) => eventId);
    const away = ids.find((id) => masterOf(id) === masterOf(lost));
    const other = ids.find((id) => away !== undefined && id > away && masterOf(id) !== masterOf(lost));
    if (away === undefined || other === undefined) throw new Error('all events have the same master');
    const order = { seats: [1], idempotencyKey: null, onConflict: 'FAIL' } as const;
    for (const eventId of [away, other])
      await holdSeats(app, { buyerId: createBuyerId(), eventId, ...order });
    const watermarks = createWatermarks(redis());
    await republishAll({ ...unannounced, db: app.database.worker, publisher, watermarks, logger: silent });
    expect(await watermarks.read([other])).toEqual([1]);
  });

  it('and the others killed too, fail all commands at once, and are found again', async () => {
    await server().kill();
    await eventually('the client notices', () => redis().status !== 'ready');
    await expect(redis().get('x')).rejects.toThrow('Redis Cluster is not connected');
    expect(await createWatermarks(redis()).readReachable([1, 2])).toEqual(new Map());
    await server().restart();
    await whole();
    await requireWhole(redis());
  });
});
