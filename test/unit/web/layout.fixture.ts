import type { SeatLayout } from '../../../src/web/shop/map/contract.ts';

interface Seat {
  readonly x: number;
  readonly y: number;
  readonly section?: number;
  readonly row?: string;
}

/** Creates the layout of a hall with one price category. */
export function createLayout(seats: readonly Seat[]): SeatLayout {
  return {
    format: 1,
    eventId: 'event',
    venue: { name: 'Hall', width: 1_000, height: 1_000 },
    areas: [],
    front: { x: 0, y: 0 },
    tiers: [{ name: 'All', amount: 4_900, color: null, currency: 'EUR' }],
    sections: ['A', 'B'],
    seatIds: seats.map((_, index) => `seat-${index}`),
    labels: seats.map((_, index) => `Seat ${index}`),
    section: seats.map(({ section = 0 }) => section),
    row: seats.map(({ row = '1' }) => row),
    number: seats.map((_, index) => String(index)),
    tier: seats.map(() => 0),
    x: seats.map(({ x }) => x),
    y: seats.map(({ y }) => y),
  };
}
