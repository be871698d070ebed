import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { parseBookingId } from '../../../src/platform/ids.ts';
import { assertInvariants } from '../../support/booking.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { TestCluster } from './cluster.fixture.ts';

const BUYERS = 4;
/** Confirmed bookings before and after the failure, of all buyers. */
const BOOKINGS = 20;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

it('sells on through the death of the primary: no call fails but for a while, and no confirmed booking is lost', async () => {
  const old = cluster.primary;
  const sale = await Sale.start();
  await sale.confirmed(BOOKINGS);

  expect(await cluster.run('kill', 'primary')).toBe(`${old.name} was killed.`);
  await eventually('another node is the primary', () => cluster.primary !== old);
  await sale.confirmed(BOOKINGS);
  await sale.end();

  expect(sale.errors).toEqual([]);
  expect(await readConfirmed()).toEqual(sale.bookings.toSorted());
  await assertInvariants(cluster.database.worker);
});

/** Buyers who hold and confirm one seat after another, at the address of the cluster. */
class Sale {
  readonly bookings: string[] = [];
  readonly errors: unknown[] = [];
  readonly #buyers: Promise<unknown>[] = [];
  #isOver = false;

  static async start(): Promise<Sale> {
    const sale = new Sale();
    onTestFinished(() => sale.end());
    const clients = await Promise.all(
      Array.from({ length: BUYERS }, () => BuyerClient.start(cluster.nodes.url)),
    );
    sale.#buyers.push(...clients.map((client, i) => sale.#buy(client, i)));
    return sale;
  }

  /** Waits for this many more confirmed bookings. */
  async confirmed(count: number): Promise<void> {
    const target = this.bookings.length + count;
    await eventually(
      `${count} more bookings`,
      () => this.bookings.length >= target || this.errors.length > 0,
    );
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#buyers);
  }

  async #buy(client: BuyerClient, first: number): Promise<void> {
    for (let seat = first; !this.#isOver && this.errors.length === 0; seat += BUYERS) {
      const key = randomUUID();
      const held = await untilDecided(() => client.hold(cluster.hall.eventId, [seat], key));
      const confirmed =
        held?.['__typename'] === 'Booking'
          ? await untilDecided(() => client.confirm(String(held['id'])))
          : held;
      const id = parseBookingId(String(confirmed?.['id']))?.bookingId;
      if (confirmed?.['status'] === 'CONFIRMED' && id !== undefined) this.bookings.push(id);
      else this.errors.push(confirmed);
    }
  }
}

/**
 * Repeats a call that is answered with BusyError or ReadOnlyError, as clients do: on a busy machine a failover may take longer
 * than a command may.
 */
async function untilDecided(call: () => ReturnType<BuyerClient['hold']>) {
  let result: Awaited<ReturnType<typeof call>>;
  await eventually('the call is decided', async () => {
    result = await call();
    return result?.['code'] !== 'BUSY' && result?.['code'] !== 'READ_ONLY';
  });
  return result;
}

async function readConfirmed(): Promise<string[]> {
  const rows = await cluster.database.worker.$queryRaw<{ id: string }[]>(
    sql`SELECT id FROM bookings WHERE event_id = ${cluster.hall.eventId} AND status = 'CONFIRMED' ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}
