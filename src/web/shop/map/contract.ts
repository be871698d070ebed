import type { SeatChange, SeatCounts, SeatFeedState, SeatStatus } from '../../seat-feed/create-seat-feed.ts';

/** The layout document under `seatMap.layoutUrl`; docs/layout.schema.json describes it. */
export interface SeatLayout {
  readonly format: 1;
  readonly eventId: string;
  readonly venue: { readonly name: string; readonly width: number; readonly height: number };
  readonly areas: readonly LayoutArea[];
  readonly front: LayoutPoint;
  readonly tiers: readonly LayoutTier[];
  readonly sections: readonly string[];
  readonly seatIds: readonly string[];
  readonly labels: readonly string[];
  /** Positions in `sections`, one per seat. */
  readonly section: readonly number[];
  readonly row: readonly string[];
  readonly number: readonly string[];
  /** Positions in `tiers`, one per seat. */
  readonly tier: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface LayoutPoint {
  readonly x: number;
  readonly y: number;
}

export interface LayoutTier {
  readonly name: string;
  /** Price in the minor unit of `currency`. */
  readonly amount: number;
  readonly color: string | null;
  readonly currency: string;
}

export interface LayoutArea extends LayoutPoint {
  readonly shape: 'rectangle' | 'circle' | 'ellipse' | 'polygon' | 'text';
  readonly rotation: number;
  readonly color: string | null;
  readonly borderColor: string | null;
  readonly text: (LayoutPoint & { text: string; size: number; color: string | null }) | null;
  readonly width?: number;
  readonly height?: number;
  readonly radius?: number;
  readonly radiusX?: number;
  readonly radiusY?: number;
  readonly points?: readonly LayoutPoint[];
}

/** The live status of all seats, which never passes through React state. */
export interface SeatSource {
  readonly seatCount: number;
  readonly state: SeatFeedState;
  statusOf(index: number): SeatStatus;
  counts(): SeatCounts;
  /** Calls the listener with each batch of changes, and returns a function that ends it. */
  onChange(listener: (seats: readonly SeatChange[]) => void): () => void;
}

/** A set of seat indexes. `get` returns the same object until the set changes. */
export interface SeatSet {
  get(): ReadonlySet<number>;
  subscribe(listener: () => void): () => void;
}

/** The seats that the buyer looks for. Other seats are drawn gray and cannot be selected. */
export interface SeatFilter {
  /** Positions in `layout.tiers`; null for all. */
  readonly tiers: ReadonlySet<number> | null;
  /** Maximum price of a seat in the minor unit; null for any. */
  readonly amountMax: number | null;
  /** Minimum number of adjacent free seats: 1 for any seat. */
  readonly together: number;
}

export interface SeatMapOptions {
  readonly layout: SeatLayout;
  readonly seats: SeatSource;
  /** Seats that are selected and not yet held. */
  readonly selection: SeatSet;
  /** Seats that the buyer holds or has booked. */
  readonly mine: SeatSet;
  readonly filter: SeatFilter;
  /** Position of each tier in the palette. */
  readonly tierColors: readonly number[];
  /** Texts that the map draws or announces. */
  readonly texts: SeatMapTexts;
  /** Announces a text to screen readers. Called for the keyboard cursor, at most every 300 ms. */
  announce(text: string): void;
  /** Called when the buyer clicks, taps, or presses Enter on a seat. The page decides and changes `selection`. */
  onToggleSeat(index: number): void;
  /** Called with what is under the pointer, the finger or the keyboard cursor; null if there is nothing. */
  onInspect(inspected: Inspected | null): void;
}

/** A seat, or a section of a hall in which seats are too small, with its place in the canvas. */
export type Inspected = { readonly at: ScreenPoint; readonly by: InspectedBy } & (
  | { readonly kind: 'seat'; readonly index: number }
  | {
      readonly kind: 'section';
      readonly section: number;
      readonly free: number;
      readonly amountMin: number | null;
    }
);

type InspectedBy = 'mouse' | 'touch' | 'keyboard';

export interface SeatMapTexts {
  /** The language that the texts have now. */
  readonly language: string;
  /** Describes a seat with its price and status, such as "Row 4, seat 12, Club, €189, free". */
  describeSeat(index: number): string;
  /** Describes a section when zoomed out, as the lines to draw: name, free count, lowest price. */
  describeSection(section: number, free: number, amountMin: number | null): readonly string[];
}

/** Position in CSS pixels relative to the canvas. */
export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

/**
 * A seat map in a container element. It puts `data-free`, `data-held`, `data-booked`, `data-blocked`, `data-selected`,
 * `data-version` (the number of redraws with changed data) and `data-ready` on the container, for tests.
 */
export interface SeatMap {
  /** Shows the whole hall. */
  fit(): void;
  /** Zooms about the center; 2 doubles the size. */
  zoom(factor: number): void;
  /** Moves the view and the keyboard cursor to a seat. */
  focusSeat(index: number): void;
  /** Returns where a seat is drawn, also outside the visible part. */
  screenOf(index: number): ScreenPoint;
  setFilter(filter: SeatFilter): void;
  /** Draws everything again, because the language of the texts has changed. */
  repaint(): void;
  /** Removes the canvas and all listeners. */
  destroy(): void;
}
