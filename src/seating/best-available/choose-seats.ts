import { setImmediate } from 'node:timers/promises';
import type { Focus } from '../layout/front.ts';
import { findBestBlock, type BlockRequest } from './best-block.ts';
import { rankRuns, type RankedRuns, type VenueLayout } from '../layout/venue-layout.ts';

/** A request for seats that the server chooses. */
export interface SeatChoice {
  readonly quantity: number;
  /** Only seats of this section; null for any section. */
  readonly section: string | null;
  /** Only seats of these tiers. Null for the most expensive that fits or, if `near` is not empty, for the tiers of those. */
  readonly tiers: readonly number[] | null;
  /** As close as possible to the middle of these seats. If empty, to the front. */
  readonly near: readonly number[];
  /** If true, only adjacent seats that leave no single seat alone, or no seats. */
  readonly leavesNoneAlone?: boolean;
}

/** An entry of a queue: seats that another command names, or a request. */
export type QueueEntry = { readonly named: readonly number[] } | { readonly choice: SeatChoice };

export interface Chosen {
  readonly seats: readonly number[];
  /**
   * True if there are no seats for this request, except seats that requests before it may get. It can be answered only
   * after those are decided.
   */
  readonly contested: boolean;
}

/**
 * Chooses seats for each request in the queue. The rule: adjacent seats of one row, in the most expensive tier that has
 * them, closest to the front (the middle of the stage, court or pitch). A block that leaves no single seat alone is preferred.
 * If no row has enough seats, the closest seats of one section. If no section has enough, the closest seats of the hall. If
 * the hall has too few, no seats.
 *
 * A scan of a stadium's seats takes a millisecond, a request may need a dozen scans, and a queue of hundreds may take a
 * second. The function therefore yields to the event loop.
 *
 * @param prices of the tiers, by index.
 * @param free one byte per seat, not 0 if it can be held. Seats that one request gets are withheld from later ones.
 * @returns one entry per request, in order.
 */
export async function chooseSeats(
  layout: VenueLayout,
  prices: readonly number[],
  free: Uint8Array,
  queue: readonly QueueEntry[],
): Promise<readonly Chosen[]> {
  const search = new Search(layout, prices, free.slice());
  const chosen: Chosen[] = [];
  for (const entry of queue) {
    const seats = 'named' in entry ? entry.named : await search.choose(entry.choice);
    if ('choice' in entry) chosen.push({ seats, contested: seats.length === 0 && search.withheld > 0 });
    search.withhold(seats);
  }
  return chosen;
}

/** Time after which the search yields to the event loop. */
const SLICE_MS = 4;

class Search {
  readonly #layout: VenueLayout;
  readonly #prices: readonly number[];
  readonly #free: Uint8Array;
  /** Requests without a result. Free seats only become fewer along the queue, so later ones have no result either. */
  readonly #none = new Set<string>();
  /** The last ranking: many buyers request alternatives to the same seats. */
  #ranked: { readonly focus: Focus; readonly runs: RankedRuns } | null = null;
  /** The search first yields before it begins: reading the map of a large hall has already taken time. */
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
    const focus = choice.near.length > 0 ? findMiddle(layout, choice.near) : layout.front;
    const section = choice.section === null ? null : layout.sections.indexOf(choice.section);
    const tierSets = orderTiers(layout, this.#prices, choice);
    for (const clean of choice.leavesNoneAlone === true ? [true] : [true, false]) {
      for (const tiers of tierSets) {
        await this.#pause();
        const block = this.#block(focus, { quantity: choice.quantity, section, tiers, clean });
        if (block !== null) return block;
      }
    }
    // An alternative to named seats must be a block.
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
    const seats = findScattered(this.#layout, this.#free, quantity, section, tiers);
    if (seats.length === 0) this.#none.add(key);
    return seats;
  }

  #block(focus: Focus, request: BlockRequest): readonly number[] | null {
    const key = JSON.stringify(request);
    if (this.#none.has(key)) return null;
    const block = findBestBlock(this.#layout, focus, this.#runsFrom(focus), this.#free, request);
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

/** Returns the sets of tiers to try, in order. Null stands for all tiers. */
function orderTiers(
  layout: VenueLayout,
  prices: readonly number[],
  choice: SeatChoice,
): (readonly number[] | null)[] {
  if (choice.tiers !== null) return [choice.tiers];
  if (choice.near.length > 0) return [[...new Set(choice.near.map((seat) => layout.category[seat] ?? -1))]];
  // Tiers of one price are one set: their order in the plan means nothing to a buyer.
  const byPrice = Map.groupBy(prices.keys(), (tier) => prices[tier] ?? 0);
  const byPriceDescending = [...byPrice].sort(([a], [b]) => b - a);
  return [...byPriceDescending.map(([, tiers]) => tiers), null]; // guard: prices-in-any-file-order
}

/** Returns seats that need not be adjacent: of the closest section that has enough, or else of the whole hall. */
function findScattered(
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
    // Seats are visited by distance, so the first section that has enough has the closest ones.
    if (seats.push(seat) === quantity) return seats;
    if (anywhere.length < quantity) anywhere.push(seat);
  }
  return anywhere.length < quantity ? [] : anywhere;
}

function findMiddle(layout: VenueLayout, seats: readonly number[]): Focus {
  let [x, y] = [0, 0];
  // In the order of places, so that floating-point sums do not depend on the order of `seats`.
  for (const seat of seats.toSorted((a, b) => (layout.place[a] ?? 0) - (layout.place[b] ?? 0))) {
    x += layout.x[seat] ?? 0;
    y += layout.y[seat] ?? 0;
  }
  return { x: x / seats.length, y: y / seats.length };
}
