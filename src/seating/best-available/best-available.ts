import { setImmediate } from 'node:timers/promises';
import type { Focus } from './front.ts';
import { bestBlock, type BlockWish } from './best-block.ts';
import { rankRuns, type RankedRuns, type VenueLayout } from '../layout/venue-layout.ts';

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
 * Going through the seats of a stadium takes a millisecond, and one wish may take a dozen such goes, a line of hundreds
 * a second: others have their turn in between.
 *
 * @param prices of the tiers, by index.
 * @param free one byte a seat, not 0 where it can be taken. What goes to one is withheld from those behind.
 * @returns one entry for each wish, in order.
 */
export async function chooseSeats(
  layout: VenueLayout,
  prices: readonly number[],
  free: Uint8Array,
  line: readonly InLine[],
): Promise<readonly Chosen[]> {
  const search = new Search(layout, prices, free.slice());
  const chosen: Chosen[] = [];
  for (const place of line) {
    const seats = 'named' in place ? place.named : await search.choose(place.wish);
    if ('wish' in place) chosen.push({ seats, contested: seats.length === 0 && search.withheld > 0 });
    search.withhold(seats);
  }
  return chosen;
}

/** Choosing pauses after this long. */
const SLICE_MS = 4;

class Search {
  readonly #layout: VenueLayout;
  readonly #prices: readonly number[];
  readonly #free: Uint8Array;
  /** Wishes for which there was nothing. Seats only become fewer along the line, so there is nothing later either. */
  readonly #none = new Set<string>();
  /** A crowd asks for alternatives to the same seats. */
  #ranked: { readonly focus: Focus; readonly runs: RankedRuns } | null = null;
  /** At first in a turn of its own: reading the map of a large hall has taken its time already. */
  #resumedAt = -Infinity;
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

  async choose(choice: SeatChoice): Promise<readonly number[]> {
    const layout = this.#layout;
    const focus = choice.near.length > 0 ? middleOf(layout, choice.near) : layout.front;
    const section = choice.section === null ? null : layout.sections.indexOf(choice.section);
    const tierSets = tiersInOrder(layout, this.#prices, choice);
    for (const clean of choice.leavesNoneAlone === true ? [true] : [true, false]) {
      for (const tiers of tierSets) {
        await this.#pause();
        const block = this.#block(focus, { quantity: choice.quantity, section, tiers, clean });
        if (block !== null) return block;
      }
    }
    // An alternative to seats that somebody named is a block as well, or none.
    return choice.near.length > 0 || choice.leavesNoneAlone === true ? [] : this.#scattered(choice, section);
  }

  async #pause(): Promise<void> {
    if (performance.now() - this.#resumedAt < SLICE_MS) return;
    await setImmediate();
    this.#resumedAt = performance.now();
  }

  #scattered({ quantity, tiers }: SeatChoice, section: number | null): readonly number[] {
    const key = JSON.stringify([quantity, section, tiers]);
    if (this.#none.has(key)) return [];
    const seats = nearest(this.#layout, this.#free, quantity, section, tiers);
    if (seats.length === 0) this.#none.add(key);
    return seats;
  }

  #block(focus: Focus, wish: BlockWish): readonly number[] | null {
    const key = JSON.stringify(wish);
    if (this.#none.has(key)) return null;
    const block = bestBlock(this.#layout, focus, this.#runsFrom(focus), this.#free, wish);
    if (block === null) this.#none.add(key);
    return block;
  }

  #runsFrom(focus: Focus): RankedRuns {
    if (focus === this.#layout.front) return this.#layout.runsFromFront;
    const { focus: known } = this.#ranked ?? {};
    if (this.#ranked === null || known?.x !== focus.x || known.y !== focus.y)
      this.#ranked = { focus, runs: rankRuns(this.#layout.runs, focus) };
    return this.#ranked.runs;
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
  // Tiers of one price are one choice: which of them the plan lists first means nothing to a buyer.
  const byPrice = Map.groupBy(prices.keys(), (tier) => prices[tier] ?? 0);
  const dearestFirst = [...byPrice].sort(([a], [b]) => b - a);
  return [...dearestFirst.map(([, tiers]) => tiers), null]; // guard: prices-in-any-file-order
}

/** Scattered: all in one section if one has enough (the one whose seats are nearest), else anywhere. */
function nearest(
  layout: VenueLayout,
  free: Uint8Array,
  quantity: number,
  section: number | null,
  tiers: readonly number[] | null,
): readonly number[] {
  const bySection = new Map<number, number[]>();
  const anywhere: number[] = [];
  for (const seat of layout.nearestFirst) {
    const inSection = layout.section[seat] ?? -1;
    if (free[seat] === 0 || (section !== null && inSection !== section)) continue;
    if (tiers !== null && !tiers.includes(layout.category[seat] ?? -1)) continue;
    const seats = bySection.get(inSection) ?? [];
    bySection.set(inSection, seats);
    // Taken by distance, the first section that has enough has the nearest ones.
    if (seats.push(seat) === quantity) return seats;
    if (anywhere.length < quantity) anywhere.push(seat);
  }
  return anywhere.length < quantity ? [] : anywhere;
}

function middleOf(layout: VenueLayout, seats: readonly number[]): Focus {
  let [x, y] = [0, 0];
  // In the order of places, so that the sums come out the same to the last bit.
  for (const seat of seats.toSorted((a, b) => (layout.place[a] ?? 0) - (layout.place[b] ?? 0))) {
    x += layout.x[seat] ?? 0;
    y += layout.y[seat] ?? 0;
  }
  return { x: x / seats.length, y: y / seats.length };
}
