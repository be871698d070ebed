import { expect, it } from 'vitest';
import { Ledger } from '../../../chaos/crowd/ledger.ts';

const [a, b] = ['booking-a', 'booking-b'];

it('accepts sales and cancellations that are stored as they were acknowledged', () => {
  const ledger = new Ledger();
  ledger.noteSale(a, [1, 2]);
  ledger.noteSale(b, [3]);
  ledger.noteReturn(b);
  ledger.noteCancellation(b);
  expect(ledger.compare(new Map([[a, [1, 2]]]))).toEqual([]);
});

it('accepts either state of a booking whose last request was never decided', () => {
  const ledger = new Ledger();
  ledger.noteUncertain(a);
  expect([ledger.compare(new Map()), ledger.compare(new Map([[a, [1]]]))]).toEqual([[], []]);
});

it.each<[string, (ledger: Ledger) => void, ReadonlyMap<string, readonly number[]>]>([
  ['the acknowledged confirmation of booking-a is lost', (ledger) => ledger.noteSale(a, [1]), new Map()],
  [
    'booking-a was confirmed with the seats 1, but has 2',
    (ledger) => ledger.noteSale(a, [1]),
    new Map([[a, [2]]]),
  ],
  ['booking-a is confirmed, but its buyer was refused', () => undefined, new Map([[a, [1]]])],
  [
    'the acknowledged cancellation of booking-a is lost',
    (ledger) => {
      ledger.noteSale(a, [1]);
      ledger.noteReturn(a);
      ledger.noteCancellation(a);
    },
    new Map([[a, [1]]]),
  ],
  [
    'seat 1 was sold twice: to booking-a and to booking-b',
    (ledger) => {
      ledger.noteSale(a, [1]);
      ledger.noteSale(b, [1]);
    },
    new Map([
      [a, [1]],
      [b, [1]],
    ]),
  ],
  [
    'the same key led to the bookings booking-a and booking-b',
    (ledger) => {
      ledger.noteHold('key', a);
      ledger.noteHold('key', b);
    },
    new Map(),
  ],
])('finds that %s', (breach, happens, stored) => {
  const ledger = new Ledger();
  happens(ledger);
  expect(ledger.compare(stored)).toEqual([breach]);
});

it('lets seats be sold again from when their cancellation was sent', () => {
  const ledger = new Ledger();
  ledger.noteSale(a, [1]);
  ledger.noteReturn(a);
  ledger.noteSale(b, [1]);
  ledger.noteCancellation(a);
  expect(ledger.compare(new Map([[b, [1]]]))).toEqual([]);
});
