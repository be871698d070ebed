import { expect, it } from 'vitest';
import { listFreeSeats } from '../../../loadtest/run/free-seats.ts';
import { scenarios, SEATS } from '../../../loadtest/run/scenarios.ts';
import { PackedSeats } from '../../../src/web/seat-feed/packed-seats.ts';

it('lists the seats that are neither held nor booked nor blocked', () => {
  const map = PackedSeats.allAvailable(6);
  map.set(0, 1);
  map.set(3, 2);
  map.set(4, 3);
  expect(listFreeSeats(map.encode(), 6)).toEqual([1, 2, 5]);
  expect(() => listFreeSeats(map.encode(), 60)).toThrow('not one of 60 seats');
});

it('finds enough free seats for every scenario of the server that the runner starts', () => {
  for (const { full, small, seatsNeeded } of scenarios) {
    for (const size of [full, small]) expect(seatsNeeded?.(size) ?? 1).toBeLessThan(SEATS);
  }
});
