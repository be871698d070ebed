import { findFreeSeats, getRows, matchesTier, type HallRow } from '../seats/hall.ts';
import type { SeatFilter, SeatMapOptions } from './contract.ts';

/** How a seat looks. FREE can be selected; OTHER is free, but not what the filter asks for. */
export const FREE = 0;
export const OTHER = 1;
export const HELD = 2;
export const BOOKED = 3;
export const BLOCKED = 4;
export const SELECTED = 5;
export const MINE = 6;

const looksOfStatus = { AVAILABLE: FREE, HELD, BOOKED, BLOCKED } as const;

type Sources = Pick<SeatMapOptions, 'layout' | 'seats' | 'selection' | 'mine'>;

/** The look of each seat, and the free seats of each section and tier. */
export class Looks {
  readonly of: Uint8Array;
  readonly #sources: Sources;
  /** Free seats by section and tier that are together in sufficient number, whether the filter matches their tier or not. */
  readonly #free: Int32Array;
  readonly #isFree: Uint8Array;
  #filter: SeatFilter;
  /** The seats that are together in sufficient number; null if the filter does not ask. */
  #together: Set<number> | null = null;
  #rows: readonly HallRow[] | undefined;

  constructor(sources: Sources, filter: SeatFilter) {
    this.#sources = sources;
    this.#filter = filter;
    const { layout, seats } = sources;
    this.of = new Uint8Array(seats.seatCount);
    this.#isFree = new Uint8Array(seats.seatCount);
    this.#free = new Int32Array(layout.sections.length * layout.tiers.length);
    this.setFilter(filter);
  }

  setFilter(filter: SeatFilter): void {
    this.#filter = filter;
    this.#findTogether();
    for (let index = 0; index < this.of.length; index++) this.refresh(index);
  }

  /** True if a change of one seat can change the look of its neighbors. */
  get dependsOnNeighbors(): boolean {
    return this.#together !== null;
  }

  /** Computes the look of a seat again. Returns whether it has changed. */
  refresh(index: number): boolean {
    this.#count(index);
    const look = this.#getLook(index);
    if (this.of[index] === look) return false;
    this.of[index] = look;
    return true;
  }

  /** Returns the free seats of a section that the filter matches, and the lowest price among them. */
  summarize(section: number): { free: number; amountMin: number | null } {
    const { tiers } = this.#sources.layout;
    let free = 0;
    let amountMin: number | null = null;
    tiers.forEach(({ amount }, tier) => {
      const count = this.#free[section * tiers.length + tier] ?? 0;
      if (count === 0 || this.#filter.tiers?.has(tier) === false) return;
      if (this.#filter.amountMax !== null && amount > this.#filter.amountMax) return;
      free += count;
      amountMin = Math.min(amountMin ?? Infinity, amount);
    });
    return { free, amountMin };
  }

  #getLook(index: number): number {
    const { seats, selection, mine, layout } = this.#sources;
    if (mine.get().has(index)) return MINE;
    if (selection.get().has(index)) return SELECTED;
    const look = looksOfStatus[seats.statusOf(index)];
    if (look !== FREE) return look;
    if (!matchesTier(layout, this.#filter, index)) return OTHER;
    return this.#together === null || this.#together.has(index) ? FREE : OTHER;
  }

  #count(index: number): void {
    const { layout, seats } = this.#sources;
    const isTogether = this.#together === null || this.#together.has(index);
    const isFree = Number(isTogether && seats.statusOf(index) === 'AVAILABLE');
    const change = isFree - (this.#isFree[index] ?? 0);
    if (change === 0) return;
    this.#isFree[index] = isFree;
    const at = (layout.section[index] ?? 0) * layout.tiers.length + (layout.tier[index] ?? 0);
    this.#free[at] = (this.#free[at] ?? 0) + change;
  }

  #findTogether(): void {
    const filter = this.#filter;
    this.#together = null;
    if (filter.together <= 1) return;
    const { layout } = this.#sources;
    this.#rows ??= layout.sections.flatMap((_, section) => getRows(layout, section));
    this.#together = new Set(this.#rows.flatMap((row) => [...findFreeSeats(this.#sources, row, filter)]));
  }
}
