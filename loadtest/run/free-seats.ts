import { PackedSeats } from '../../src/web/seat-feed/packed-seats.ts';

/** Returns the indexes of the available seats of a map, ascending. */
export function listFreeSeats(states: string, seatCount: number): number[] {
  const map = PackedSeats.decode(states, seatCount);
  if (map === null) throw new Error(`The map is not one of ${seatCount} seats.`);
  const seats = Array.from({ length: seatCount }, (_, seat) => seat);
  return seats.filter((seat) => map.get(seat) === 0);
}
