import { frontOf } from '../best-available/front.ts';
import type { SeatSlice, VenueColumns } from './venue-columns.sql.ts';
import { layOutVenue, type VenueLayout } from './venue-layout.ts';

/** From a venue's columns to what choosing needs of them. For 80,000 seats that is two megabytes of JSON and a quarter of a second. */
export function layOutColumns({ slices, width, areas }: VenueColumns): VenueLayout {
  const column = <T>(name: keyof SeatSlice) => slices.flatMap((slice) => JSON.parse(slice[name]) as T[]);
  const seats = {
    guid: column<string>('guid'),
    section: column<string>('section'),
    row: column<string>('row'),
    category: column<number>('category'),
    x: column<number>('x'),
    y: column<number>('y'),
  };
  return layOutVenue(seats, frontOf(width, areas));
}
