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

interface LayoutPoint {
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

interface LayoutArea extends LayoutPoint {
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
