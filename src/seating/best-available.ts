import type { Focus } from './front.ts';
import { bestBlock } from './best-block.ts';
import type { VenueLayout } from './venue-layouts.ts';

/** A wish for seats that the server is to choose. */
export interface SeatChoice {
  readonly quantity: number;
  /** Only seats of this section; null: of any. */
  readonly section: string | null;
  /** Only seats of these tiers; null: the dearest that fits, or, near other seats, the tiers of those. */
  readonly tiers: readonly number[] | null;
  /** As near as possible to the middle of these seats; empty: to the front. */
  readonly near: readonly number[];
  /** True: only adjacent seats that leave no single seat alone, or none at all. */
  readonly leavesNoneAlone?: boolean;
}

/** One of several that stand in line: seats that somebody ahead asks for by name, or a wish. */
export type InLine = { readonly named: readonly number[] } | { readonly wish: SeatChoice };

export interface Chosen {
  readonly seats: readonly number[];
  /**
   * True: there are no seats for this wish, but for some that those ahead may get or not. Nothing can be said before
   * that is decided.
   */
  readonly contested: boolean;
}

/**
 * Chooses for each wish in line. The rule: adjacent seats of one row, in the dearest tier that has them, nearest to the
 * front (the middle of the stage, court or pitch), leaving no single seat alone where another block of that size
 * avoids it; where no row has enough, the nearest seats of one section; where no section has enough, the nearest of the
 * hall. No seats where there are too few.
 *
 * @param prices of the tiers, by index.
 * @param free one byte a seat, not 0 where it can be taken. What goes to one is withheld from those behind.
 * @returns one entry for each wish, in order.
 */
export function chooseSeats(
  layout: VenueLayout,
  prices: readonly number[],
  free: Uint8Array,
  line: readonly InLine[],
): readonly Chosen[] {
  const search = new Search(layout, prices, free.slice());
  return line.flatMap((place) => {
    const seats = 'named' in place ? place.named : search.choose(place.wish);
    const chosen = { seats, contested: seats.length === 0 && search.withheld > 0 };
    search.withhold(seats);
    return 'named' in place ? [] : [chosen];
  });
}

class Search {
  readonly #layout: VenueLayout;
  readonly #prices: readonly number[];
  readonly #free: Uint8Array;
  /** Wishes for which there was nothing. Seats only become fewer along the line, so there is nothing later either. */
  readonly #none = new Set<string>();
  withheld = 0;

  constructor(layout: VenueLayout, prices: readonly number[], free: Uint8Array) {
    this.#layout = layout;
    this.#prices = prices;
    this.#free = free;
  }

  withhold(seats: readonly number[]): void {
    for (const seat of seats) {
      if (this.#free[seat] === 1) this.withheld++;
      this.#free[seat] = 0;
    }
  }

  choose(choice: SeatChoice): readonly number[] {
    const layout = this.#layout;
    const focus = choice.near.length > 0 ? middleOf(layout, choice.near) : layout.front;
    const tierSets = tiersInOrder(layout, this.#prices, choice);
    for (const clean of choice.leavesNoneAlone === true ? [true] : [true, false]) {
      for (const tiers of tierSets) {
        const block = this.#block(focus, choice, tiers, clean);
        if (block !== null) return block;
      }
    }
    // An alternative to seats that somebody named is a block as well, or none.
    return choice.near.length > 0 || choice.leavesNoneAlone === true ? [] : this.#scattered(choice);
  }

  #scattered(choice: SeatChoice): readonly number[] {
    const key = JSON.stringify([choice.quantity, choice.section, choice.tiers]);
    if (this.#none.has(key)) return [];
    const seats = nearest(this.#layout, this.#free, choice);
    if (seats.length === 0) this.#none.add(key);
    return seats;
  }

  #block(
    focus: Focus,
    choice: SeatChoice,
    tiers: readonly number[] | null,
    clean: boolean,
  ): readonly number[] | null {
    const { quantity, section } = choice;
    const key = JSON.stringify([quantity, section, tiers, clean]);
    if (this.#none.has(key)) return null;
    const block = bestBlock(this.#layout, focus, this.#free, { quantity, section, tiers, clean });
    if (block === null) this.#none.add(key);
    return block;
  }
}

/** The tiers to try, one set after the other; null stands for all of them. */
function tiersInOrder(
  layout: VenueLayout,
  prices: readonly number[],
  choice: SeatChoice,
): (readonly number[] | null)[] {
  if (choice.tiers !== null) return [choice.tiers];
  if (choice.near.length > 0) return [[...new Set(choice.near.map((seat) => layout.category[seat] ?? -1))]];
  const dearestFirst = prices
    .map((price, tier) => ({ price, tier }))
    .sort((a, b) => b.price - a.price || a.tier - b.tier);
  return [...dearestFirst.map(({ tier }) => [tier]), null];
}

/** Scattered: all in one section if one has enough (the one whose seats are nearest), else anywhere. */
function nearest(layout: VenueLayout, free: Uint8Array, choice: SeatChoice): readonly number[] {
  const bySection = new Map<string, number[]>();
  const anywhere: number[] = [];
  for (const seat of fromFront(layout)) {
    if (free[seat] === 0 || (choice.section !== null && layout.section[seat] !== choice.section)) continue;
    if (choice.tiers !== null && !choice.tiers.includes(layout.category[seat] ?? -1)) continue;
    const section = layout.section[seat] ?? '';
    const seats = bySection.get(section) ?? [];
    bySection.set(section, seats);
    // Taken by distance, the first section that has enough has the nearest ones.
    if (seats.push(seat) === choice.quantity) return seats;
    if (anywhere.length < choice.quantity) anywhere.push(seat);
  }
  return anywhere.length < choice.quantity ? [] : anywhere;
}

const knownOrders = new WeakMap<VenueLayout, readonly number[]>();

/** All seats, the nearest to the front first. Worked out once a layout. */
function fromFront(layout: VenueLayout): readonly number[] {
  let order = knownOrders.get(layout);
  if (order === undefined) {
    const { x, y } = layout.front;
    const distances = layout.x.map((seatX, seat) => Math.hypot(seatX - x, (layout.y[seat] ?? 0) - y));
    order = [...distances.keys()].sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0) || a - b);
    knownOrders.set(layout, order);
  }
  return order;
}

function middleOf(layout: VenueLayout, seats: readonly number[]): Focus {
  let [x, y] = [0, 0];
  for (const seat of seats) {
    x += layout.x[seat] ?? 0;
    y += layout.y[seat] ?? 0;
  }
  return { x: x / seats.length, y: y / seats.length };
}
