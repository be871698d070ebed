import type { PrismaClient } from '../../platform/database/db.ts';
import { chooseSeats, type Chosen, type InLine } from './best-available.ts';
import type { EventLayouts } from '../layout/event-layouts.ts';
import type { LiveFeeds } from '../live/live-feeds.ts';
import { getNeighborsAround, type Neighbors } from '../rows/neighbors.ts';
import { readFreeSeats } from '../map/seat-map.sql.ts';

export interface ChooserContext {
  readonly db: PrismaClient;
  readonly layouts: EventLayouts;
  readonly feeds: LiveFeeds;
}

const nothing: Chosen = { seats: [], contested: false };

/**
 * Chooses seats of an event for whoever leaves the choice to the server. Candidates come from the live map in memory;
 * the lock decides afterwards whether they are free. Only where the map has too few is the database asked, for it
 * alone knows of holds that have run out just now, and nobody is refused from a cache.
 */
export class BestAvailable {
  readonly #ctx: ChooserContext;

  constructor(ctx: ChooserContext) {
    this.#ctx = ctx;
  }

  /**
   * Seats for each wish in line, no seat twice.
   *
   * @param exact true: the map has misled before, so that the database is asked at once.
   */
  async choose(eventId: number, line: readonly InLine[], exact = false): Promise<readonly Chosen[]> {
    const info = await this.#ctx.layouts.info(eventId);
    if (info === null) return line.flatMap((place) => ('wish' in place ? [nothing] : []));
    const layout = await this.#ctx.layouts.venueLayout(info);
    const prices = info.tiers.map((tier) => tier.amount);
    if (!exact) {
      const chosen = await chooseSeats(layout, prices, await this.#freeInMemory(eventId), line);
      if (chosen.every(({ seats, contested }) => seats.length > 0 || contested)) return chosen;
    }
    const free = await readFreeSeats(this.#ctx.db, eventId, info.seatsTotal);
    return chooseSeats(layout, prices, free, line);
  }

  /** Up to three blocks of as many seats near these, each of which leaves no single seat alone. */
  async alternatives(eventId: number, seats: readonly number[]): Promise<readonly (readonly number[])[]> {
    const wish = { quantity: seats.length, section: null, tiers: null, near: seats, leavesNoneAlone: true };
    const found = await this.choose(eventId, [{ wish }, { wish }, { wish }]);
    return found.map((chosen) => chosen.seats).filter((block) => block.length > 0);
  }

  /**
   * The seats around some seats. Empty if the event allows orphans: then nobody needs to know. Empty for a draft too:
   * its seats cannot be held, and whoever tries must not find out that it exists.
   */
  async getNeighborsAround(
    eventId: number,
    seats: readonly number[],
  ): Promise<ReadonlyMap<number, Neighbors>> {
    const info = await this.#ctx.layouts.publishedInfo(eventId); // guard: draft-hidden-from-preparation
    if (info === null || info.orphanRule === 'ALLOW') return new Map();
    const existing = seats.filter((seat) => seat < info.seatsTotal);
    return getNeighborsAround(await this.#ctx.layouts.venueLayout(info), existing);
  }

  async #freeInMemory(eventId: number): Promise<Uint8Array> {
    const { feed, release } = await this.#ctx.feeds.acquire(eventId);
    try {
      return feed.freeMask();
    } finally {
      // The feed stays for a while after it is let go: asking again soon costs nothing.
      release();
    }
  }
}
