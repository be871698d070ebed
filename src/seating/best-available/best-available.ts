import type { PrismaClient } from '../../platform/database/db.ts';
import { chooseSeats, type Chosen, type QueueEntry } from './choose-seats.ts';
import type { EventLayouts } from '../layout/event-layouts.ts';
import type { LiveFeeds } from '../live/live-feeds.ts';
import { readFreeSeats } from '../map/seat-map.sql.ts';

export interface ChooserContext {
  readonly db: PrismaClient;
  readonly layouts: EventLayouts;
  /** Null in a process without live maps. Candidates then come from the database. */
  readonly feeds: LiveFeeds | null;
}

const nothing: Chosen = { seats: [], contested: false };

/**
 * Chooses seats of an event for buyers who leave the choice to the server. Candidates come from the live map in memory; the
 * batch checks under its locks whether they are free. If the map has too few, the database decides: only it knows which
 * holds are overdue, and no refusal comes from a cache.
 */
export class BestAvailable {
  readonly #ctx: ChooserContext;

  constructor(ctx: ChooserContext) {
    this.#ctx = ctx;
  }

  /**
   * Chooses seats for each request in the queue, no seat twice.
   *
   * @param exact reads the database immediately, because the map was stale on the previous attempt.
   */
  async choose(eventId: number, queue: readonly QueueEntry[], exact = false): Promise<readonly Chosen[]> {
    const info = await this.#ctx.layouts.info(eventId);
    if (info === null) return queue.flatMap((entry) => ('choice' in entry ? [nothing] : []));
    const layout = await this.#ctx.layouts.venueLayout(info);
    const prices = info.tiers.map((tier) => tier.amount);
    const { feeds } = this.#ctx;
    if (!exact && feeds !== null) {
      const chosen = await chooseSeats(layout, prices, await getFreeInMemory(feeds, eventId), queue);
      if (chosen.every(({ seats, contested }) => seats.length > 0 || contested)) return chosen;
    }
    const free = await readFreeSeats(this.#ctx.db, eventId, info.seatsTotal);
    return chooseSeats(layout, prices, free, queue);
  }

  /** Returns up to three blocks of as many seats close to these. None of them leaves a single seat alone. */
  async alternatives(eventId: number, seats: readonly number[]): Promise<readonly (readonly number[])[]> {
    const choice = { quantity: seats.length, section: null, tiers: null, near: seats, leavesNoneAlone: true };
    const found = await this.choose(eventId, [{ choice }, { choice }, { choice }]);
    return found.map((chosen) => chosen.seats).filter((block) => block.length > 0);
  }
}

async function getFreeInMemory(feeds: LiveFeeds, eventId: number): Promise<Uint8Array> {
  const { feed, release } = await feeds.acquire(eventId);
  try {
    return feed.getFreeSeats();
  } finally {
    // The feed stays open for a while, so the next call is cheap.
    release();
  }
}
