import type { PrismaClient } from '../platform/db.ts';
import { chooseSeats, type SeatChoice } from './best-available.ts';
import type { EventLayouts } from './event-layouts.ts';
import type { LiveFeeds } from './live-feeds.ts';
import { aroundSeats, type SideBySide } from './neighbours.ts';
import { readFreeSeats } from './seat-map.sql.ts';

export interface ChooserContext {
  readonly db: PrismaClient;
  readonly layouts: EventLayouts;
  readonly feeds: LiveFeeds;
}

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
   * Seats for each wish, no seat twice and none of `taken`; an empty list where there are too few.
   *
   * @param exact true: the map has misled before, so that the database is asked at once.
   */
  async choose(
    eventId: number,
    choices: readonly SeatChoice[],
    taken: ReadonlySet<number>,
    exact = false,
  ): Promise<readonly (readonly number[])[]> {
    const info = await this.#ctx.layouts.info(eventId);
    if (info === null) return choices.map(() => []);
    const layout = await this.#ctx.layouts.venueLayout(info);
    const prices = info.tiers.map((tier) => tier.amount);
    const among = (free: Uint8Array) => {
      for (const seat of taken) free[seat] = 0;
      return chooseSeats(layout, prices, free, choices);
    };
    if (!exact) {
      const chosen = among(await this.#freeInMemory(eventId));
      if (chosen.every((seats) => seats.length > 0)) return chosen;
    }
    const free = new Uint8Array(info.seatsTotal);
    for (const seat of await readFreeSeats(this.#ctx.db, eventId)) free[seat] = 1;
    return among(free);
  }

  /** Up to three blocks of as many seats near these, each of which leaves no single seat alone. */
  async alternatives(eventId: number, seats: readonly number[]): Promise<readonly (readonly number[])[]> {
    const wish = { quantity: seats.length, section: null, tiers: null, near: seats, leavesNoneAlone: true };
    const found = await this.choose(eventId, [wish, wish, wish], new Set());
    return found.filter((block) => block.length > 0);
  }

  /** For the rule on orphans: the seats around some seats. */
  async neighboursOf(eventId: number, seats: readonly number[]): Promise<ReadonlyMap<number, SideBySide>> {
    const info = await this.#ctx.layouts.info(eventId);
    return info === null ? new Map() : aroundSeats(await this.#ctx.layouts.venueLayout(info), seats);
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
