import type { LayoutArea, SeatMapOptions } from './contract.ts';
import { FREE, Looks, MINE, SELECTED } from './looks.ts';
import { getOutlines, type SectionOutline } from './outlines.ts';
import { SeatGrid } from './seat-grid.ts';
import { TIERS, type Theme } from './theme.ts';
import type { Box } from './viewport.ts';

/** Everything that is drawn, independent of the part in view. */
export class Scene {
  readonly options: SeatMapOptions;
  readonly grid: SeatGrid;
  readonly looks: Looks;
  /** The hall: all seats, with room for the names of rows, and the areas of the plan. */
  readonly box: Box;
  theme: Theme;
  #outlines: readonly SectionOutline[] | undefined;

  constructor(options: SeatMapOptions, theme: Theme) {
    this.options = options;
    this.theme = theme;
    this.grid = new SeatGrid(options.layout);
    this.looks = new Looks(options, options.filter);
    this.box = findBox(this.grid, options.layout.areas);
  }

  /** Computed when they are first drawn or clicked, because the seats are drawn before them. */
  get outlines(): readonly SectionOutline[] {
    return (this.#outlines ??= getOutlines(this.options.layout, this.grid));
  }

  /** Returns the position of a seat's tier in the palette. */
  getTierColor(index: number): number {
    return this.getColorOfTier(this.options.layout.tier[index] ?? 0);
  }

  getColorOfTier(tier: number): number {
    return this.options.tierColors[tier] ?? 0;
  }

  /** Returns the position of a seat's color in the paints of the theme. */
  getPaint(index: number): number {
    const look = this.looks.of[index];
    if (look === FREE) return this.getTierColor(index);
    if (look === SELECTED) return TIERS;
    return look === MINE ? TIERS + 1 : TIERS + 2;
  }

  getColor(index: number): string {
    return this.theme.paints[this.getPaint(index)] ?? this.theme.text;
  }
}

/** Margins of the seats, in distances between neighbors. */
const MARGIN = 1.8;
/** Most that areas can be larger than the seats, so that a distant area does not make all seats tiny. */
const AREA_FACTOR = 0.5;

function findBox({ bounds, pitch }: SeatGrid, areas: readonly LayoutArea[]): Box {
  const margin = pitch * MARGIN;
  const box = {
    left: bounds.left - margin,
    top: bounds.top - margin,
    right: bounds.right + margin,
    bottom: bounds.bottom + margin,
  };
  const reachX = Math.max(bounds.right - bounds.left, pitch) * AREA_FACTOR;
  const reachY = Math.max(bounds.bottom - bounds.top, pitch) * AREA_FACTOR;
  for (const { x, y, rotation, width = 0, height = 0, points = [] } of areas) {
    const corners = rotation === 0 ? [{ x, y }, { x: x + width, y: y + height }, ...points] : [{ x, y }];
    for (const corner of corners) {
      box.left = Math.min(box.left, Math.max(corner.x, bounds.left - reachX));
      box.right = Math.max(box.right, Math.min(corner.x, bounds.right + reachX));
      box.top = Math.min(box.top, Math.max(corner.y, bounds.top - reachY));
      box.bottom = Math.max(box.bottom, Math.min(corner.y, bounds.bottom + reachY));
    }
  }
  return box;
}

/** Puts counts on the element of the map, for tests. */
export function publishCounts(
  container: HTMLElement,
  { seats, selection }: SeatMapOptions,
  version: number,
): void {
  const counts = seats.counts();
  Object.assign(container.dataset, {
    free: counts.AVAILABLE,
    held: counts.HELD,
    booked: counts.BOOKED,
    blocked: counts.BLOCKED,
    selected: selection.get().size,
    version,
    ready: '',
  });
}
