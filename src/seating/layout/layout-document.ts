import { seatLabel } from '../../catalog/seating-plan/seat-label.ts';
import { encodeEventId, encodeSeatId } from '../../platform/ids.ts';
import type { EventInfo } from './event-info.ts';
import type { Focus } from '../best-available/front.ts';
import type { SeatSlice, VenueColumns } from './venue-columns.sql.ts';

/** Raised when the layout's JSON changes its form: every address changes with it. */
export const LAYOUT_FORMAT = 1;

/** What a layout is made of. Plain data, for it goes to another thread. */
export interface LayoutParts {
  readonly info: EventInfo;
  readonly venue: VenueColumns;
  /** What the seats look at. */
  readonly front: Focus;
}

/** docs/protocol.md describes it. Arrays are in index order; `sections` and `tiers` are referred to by their place. */
export function layoutDocument({ info, venue, front }: LayoutParts) {
  const column = <T>(name: keyof SeatSlice) =>
    venue.slices.flatMap((slice) => JSON.parse(slice[name]) as T[]);
  const section = column<string>('section');
  const row = column<string>('row');
  const number = column<string>('number');
  const label = column<string | null>('label');
  const sections = [...new Set(section)];
  const sectionIndex = new Map(sections.map((name, i) => [name, i]));
  return {
    format: LAYOUT_FORMAT,
    eventId: encodeEventId(info.eventId),
    venue: { name: venue.name, width: venue.width, height: venue.height },
    areas: venue.areas,
    front: { x: front.x, y: front.y },
    tiers: info.tiers.map((tier) => ({ ...tier, currency: info.currency })),
    sections,
    seatIds: section.map((_, index) => encodeSeatId(info.eventId, index)),
    labels: section.map((name, i) => label[i] ?? seatLabel(name, row[i] ?? '', number[i] ?? '')),
    section: section.map((name) => sectionIndex.get(name)),
    row,
    number,
    tier: column<number>('category'),
    x: column<number>('x'),
    y: column<number>('y'),
  };
}
