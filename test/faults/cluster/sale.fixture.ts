import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { parseBookingId } from '../../../src/platform/ids.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import type { Hall } from '../../support/hall.ts';
import type { TestCluster } from './cluster.fixture.ts';

const BUYERS = 4;

/** Buyers who hold and confirm one seat after another, at the address of the cluster. */
export class Sale {
  readonly bookings: string[] = [];
  readonly errors: unknown[] = [];
  readonly #buyers: Promise<unknown>[] = [];
  /** The codes of errors after which a call was repeated. */
  readonly refusals = new Set<unknown>();
  readonly #cluster: TestCluster;
  readonly #hall: Hall;
  #isOver = false;

  private constructor(cluster: TestCluster, hall: Hall) {
    this.#cluster = cluster;
    this.#hall = hall;
  }

  static async start(cluster: TestCluster, hall = cluster.hall): Promise<Sale> {
    const sale = new Sale(cluster, hall);
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
      try {
        this.bookings.push(await this.#book(client, seat));
      } catch (error) {
        this.errors.push(error);
      }
    }
  }

  async #book(client: BuyerClient, seat: number): Promise<string> {
    const key = randomUUID();
    const held = await this.#untilDecided(() => client.hold(this.#hall.eventId, [seat], key));
    const confirmed =
      held['__typename'] === 'Booking'
        ? await this.#untilDecided(() => client.confirm(String(held['id'])))
        : held;
    const id = parseBookingId(String(confirmed['id']))?.bookingId;
    if (confirmed['status'] !== 'CONFIRMED' || id === undefined)
      throw new Error(`seat ${seat} was not booked: ${JSON.stringify(confirmed)}`);
    return id;
  }

  /**
   * Repeats a call that is answered with BUSY or READ_ONLY, as clients do: on a busy machine a failover may take longer than a
   * command may.
   */
  async #untilDecided(call: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
    let result: Record<string, unknown> = {};
    await eventually('the call is decided', async () => {
      result = await call();
      const isDecided = result['code'] !== 'BUSY' && result['code'] !== 'READ_ONLY';
      if (!isDecided) this.refusals.add(result['code']);
      return isDecided;
    });
    return result;
  }

  /** Returns the IDs of all confirmed bookings in the database. */
  async readConfirmed(): Promise<string[]> {
    const rows = await this.#cluster.database.worker.$queryRaw<{ id: string }[]>(
      sql`SELECT id FROM bookings WHERE event_id = ${this.#hall.eventId} AND status = 'CONFIRMED' ORDER BY id`,
    );
    return rows.map(({ id }) => id);
  }
}
