import type { PrismaClient } from '../platform/db.ts';
import { chooseSeats, type SeatChoice } from './best-available.ts';
import type { EventLayouts } from './event-layouts.ts';
import { readFreeSeats } from './seat-map.sql.ts';

/** Chooses seats of an event among those that are free now; the lock decides afterwards whether they still are. */
export class BestAvailable {
  readonly #db: PrismaClient;
  readonly #layouts: EventLayouts;

  constructor(db: PrismaClient, layouts: EventLayouts) {
    this.#db = db;
    this.#layouts = layouts;
  }

  async choose(
    eventId: number,
    choices: readonly SeatChoice[],
    taken: ReadonlySet<number>,
  ): Promise<readonly (readonly number[])[]> {
    const info = await this.#layouts.info(eventId);
    if (info === null) return choices.map(() => []);
    const [layout, seats] = await Promise.all([
      this.#layouts.venueLayout(info),
      readFreeSeats(this.#db, eventId),
    ]);
    return chooseSeats(layout, layout.front, new Set(seats.filter((seat) => !taken.has(seat))), choices);
  }
}
