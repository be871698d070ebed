import { seatLabel } from '../../catalog/seating-plan/seat-label.ts';
import { encodeEventId, encodeSeatId } from '../../platform/ids.ts';
import { LAYOUT_FORMAT, type EventInfo } from './event-info.sql.ts';
import type { Focus } from './front.ts';
import type { SeatSlice, VenueColumns } from './venue-columns.sql.ts';

/** The parts of a layout. Plain data, because it is sent to a worker thread. */
export interface LayoutParts {
  readonly info: EventInfo;
  readonly venue: VenueColumns;
  /** The point that the seats face. */
  readonly front: Focus;
}

/** Builds the document that docs/protocol.md describes. Arrays are in index order. */
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
