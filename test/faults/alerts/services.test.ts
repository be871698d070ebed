import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createEventIn } from '../../support/hall.ts';
import { BuyerClient, socketTo } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { TestIdentityProvider } from '../../support/identity-provider.ts';
import { expectFired } from '../../support/promtool.ts';
import { promtoolVersion } from '../../support/promtool-version.ts';
import { AlertBench, expectAlerts, SCRAPES_AFTER } from './alert-bench.ts';

/** Events that are watched while Redis is stopped. Each of them misses one change per second at most. */
const WATCHED = 30;
/** More than a rate of 0.2 per second over five minutes. */
const GAPS = 80;

let provider: TestIdentityProvider;
let bench: AlertBench;

beforeAll(async () => {
  provider = await TestIdentityProvider.start();
  bench = await AlertBench.start(provider.environment);
});

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

it('no alert fires while everything works', async () => {
  await bench.hold();
  const scrapes = await bench.scrapeTimes(SCRAPES_AFTER, async () => {
    expect(await bench.hold()).toMatchObject({ __typename: 'Booking' });
    expect((await fetch(`${bench.url}/ready`)).status).toBe(200);
  });
  expect(Object.values(scrapes.at(-1)?.targets ?? {})).not.toContain(null);
  if (promtoolVersion !== null) await expectFired(scrapes, [], { among: '.*' });
});

it('alerts name Redis, unpublished changes and repaired maps while Redis is stopped', async () => {
  const { db, hall, processes, redis } = bench;
  const events = await Promise.all(
    Array.from({ length: WATCHED }, () =>
      createEventIn(db.reads, hall.venueId, hall.seatCount, hall.organizerId, { seatLimit: 40 }),
    ),
  );
  const client = socketTo(processes['api-1'].url);
  const watched = events.map((eventId) => {
    const query = `subscription { seatUpdates(eventId: "${encodeEventId(eventId)}") { __typename } }`;
    const first = Promise.withResolvers<void>();
    client.subscribe({ query }, { next: () => first.resolve(), error: first.reject, complete: () => {} });
    return first.promise;
  });
  await Promise.all(watched);
  const remote = bench.buyer.at(processes['api-2'].url);
  let seat = 0;
  const holdAll = async () => {
    const held = await Promise.all(events.map((eventId) => remote.hold(eventId, [seat])));
    for (const result of held) expect(result).toMatchObject({ __typename: 'Booking' });
    seat++;
  };
  const before = await bench.scrapeTimes(2, holdAll);

  await redis.stop();
  await eventually(
    'it is noticed',
    async () => (await bench.read('api-1', 'sellout_redis_up\\{.*\\}')) === 0,
  );
  await eventually('maps are repaired', async () => {
    await holdAll();
    return (await bench.read('api-1', 'sellout_feed_gaps_total')) >= GAPS;
  });
  const after = await bench.scrapeTimes(SCRAPES_AFTER, () => bench.hold());
  const alerts = ['SelloutFeedGaps', 'SelloutPublishingFails', 'SelloutRedisDown'];
  await expectAlerts({ before, after, alerts });

  await redis.restart();
  await eventually('it is back', async () => (await bench.read('api-1', 'sellout_redis_up\\{.*\\}')) >= 2);
  void client.dispose();
});

it('an alert names tokens that cannot be verified, while the identity provider fails', async () => {
  const before = await bench.scrapeTimes(2);
  provider.answerWith(() => ({ status: 500, body: '' }));
  const authorization = `Bearer ${await provider.token()}`;
  const after = await bench.scrapeTimes(SCRAPES_AFTER, () =>
    fetch(`${bench.url}/graphql?query={__typename}`, { headers: { authorization } }),
  );
  expect(await bench.read('api-1', 'sellout_tokens_unchecked_total')).toBeGreaterThan(0);
  await expectAlerts({ before, after, alerts: ['SelloutTokensUnchecked'] });
  provider.recover();
});

it('alerts name failing requests while PostgreSQL is stopped', async () => {
  const readMap = (eventId: number) => fetch(`${bench.url}/events/${encodeEventId(eventId)}/seat-map`);
  const before = await bench.scrapeTimes(2, () => readMap(bench.hall.eventId));
  await bench.postgres.stop();
  const after = await bench.scrapeTimes(SCRAPES_AFTER, async () => {
    expect((await readMap(bench.hall.eventId + 1_000)).status).toBe(503);
  });
  await expectAlerts({ before, after, alerts: ['SelloutErrorBudgetBurnFast', 'SelloutErrorBudgetBurnSlow'] });
  await bench.postgres.start();
  await eventually('requests succeed', async () => {
    const buyer = await BuyerClient.start(bench.url).catch(() => null);
    return buyer !== null && (await bench.hold(buyer))?.['__typename'] === 'Booking';
  });
});
