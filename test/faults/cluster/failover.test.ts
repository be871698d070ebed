import { afterAll, beforeAll, expect, it } from 'vitest';
import { assertInvariants } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { TestCluster } from './cluster.fixture.ts';
import { Sale } from './sale.fixture.ts';

/** Confirmed bookings before and after the failure, of all buyers. */
const BOOKINGS = 20;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

it('sells on through the death of the primary: no call fails but for a while, and no confirmed booking is lost', async () => {
  const old = cluster.primary;
  const sale = await Sale.start(cluster);
  await sale.confirmed(BOOKINGS);

  expect(await cluster.run('kill', 'primary')).toBe(`${old.name} was killed.`);
  await eventually('another node is the primary', () => cluster.primary !== old);
  await sale.confirmed(BOOKINGS);
  await sale.end();

  expect(sale.errors).toEqual([]);
  expect(await sale.readConfirmed()).toEqual(sale.bookings.toSorted());
  await assertInvariants(cluster.database.worker);
});
