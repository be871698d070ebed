import type { SeatMapOptions } from './contract.ts';
import { BLOCKED, BOOKED, FREE, HELD, Looks, MINE, OTHER, SELECTED } from './looks.ts';
import { getOutlines, type SectionOutline } from './outlines.ts';
import { SeatGrid } from './seat-grid.ts';
import type { Theme } from './theme.ts';
import type { Box } from './viewport.ts';

/** Everything that is drawn, independent of the part in view. */
export class Scene {
  readonly options: SeatMapOptions;
  readonly grid: SeatGrid;
  readonly looks: Looks;
  readonly outlines: readonly SectionOutline[];
  /** The hall: all seats with a margin, and the areas of the plan. */
  readonly box: Box;
  theme: Theme;

  constructor(options: SeatMapOptions, theme: Theme) {
    this.options = options;
    this.theme = theme;
    this.grid = new SeatGrid(options.layout);
    this.looks = new Looks(options, options.filter);
    this.outlines = getOutlines(options.layout, this.grid);
    const { bounds, pitch } = this.grid;
    this.box = {
      left: Math.min(bounds.left - pitch, 0),
      top: Math.min(bounds.top - pitch, 0),
      right: Math.max(bounds.right + pitch, options.layout.venue.width),
      bottom: Math.max(bounds.bottom + pitch, options.layout.venue.height),
    };
  }

  /** Returns the position of a seat's tier in the palette. */
  getTierColor(index: number): number {
    return this.options.tierColors[this.options.layout.tier[index] ?? 0] ?? 0;
  }

  getColor(index: number): string {
    const { theme } = this;
    switch (this.looks.of[index]) {
      case FREE:
        return theme.tiers[this.getTierColor(index)] ?? theme.text;
      case SELECTED:
        return theme.accent;
      case MINE:
        return theme.good;
      case HELD:
      case OTHER:
      case BOOKED:
      case BLOCKED:
      default:
        return theme.control;
    }
  }
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
