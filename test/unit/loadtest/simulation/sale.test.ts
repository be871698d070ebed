import { expect, test } from 'vitest';
import type { Guard, Signal } from '../../../../loadtest/simulation/sale/guard.ts';
import { Sale } from '../../../../loadtest/simulation/sale/sale.ts';
import type { Course } from '../../../../loadtest/simulation/sale/schedule.ts';

const hall = { seatsTotal: 20, rowLength: 10, seatLimit: 4, holdTtlMs: 60_000, drawTakeoverDelayMs: null };
const home = { address: '192.0.2.1', network: '192.0.2.0/24' };

/** Allows everything, and lists the signals. */
function listSignals() {
  const signals: (Signal['kind'] | number)[] = [];
  const guard: Guard = {
    judge: () => null,
    record: (_client, signal, nowMs) => signals.push(signal.kind, nowMs),
  };
  return { signals, guard };
}

test('the rules get every attempt on taken seats, and every end of a hold', () => {
  const { signals, guard } = listSignals();
  const sale = new Sale({ hall, guard });
  sale.schedule.start(
    (function* (): Course {
      const one = sale.startSession(home, 'one', 'buyer');
      const other = sale.startSession(home, 'other', 'buyer');
      if (one === null || other === null) throw new Error('no session');
      const held = sale.holdSeats(one, [0, 1]);
      sale.holdSeats(other, [1, 2]);
      yield 1_000;
      if (held.kind === 'held') sale.release(one, held.booking.id);
      const paid = sale.holdSeats(one, [3]);
      if (paid.kind === 'held') sale.confirm(one, paid.booking.id);
      sale.holdSeats(other, [4]);
    })(),
  );
  sale.schedule.runUntil(100_000);
  expect(signals).toEqual(
    ['held', 0, 'taken', 0, 'released', 1_000, 'held', 1_000, 'confirmed', 1_000, 'held', 1_000].concat([
      'expired',
      61_000,
    ]),
  );
});

test('the time of seats is counted for those who have them', () => {
  const sale = new Sale({ hall, guard: listSignals().guard });
  sale.schedule.start(
    (function* (): Course {
      const bot = sale.startSession(home, 'bots', 'sniper');
      const buyer = sale.startSession(home, 'buyer', 'buyer');
      if (bot === null || buyer === null) throw new Error('no session');
      sale.holdSeats(bot, [0, 1]);
      const held = sale.holdSeats(buyer, [2]);
      yield 10_000;
      if (held.kind === 'held') sale.confirm(buyer, held.booking.id);
    })(),
  );
  sale.schedule.runUntil(100_000);
  const { seatTimes } = sale.finish();
  expect(seatTimes.heldMs).toMatchObject({ sniper: 120_000, buyer: 10_000 });
  expect(seatTimes.bookedMs).toMatchObject({ sniper: 0, buyer: 90_000 });
  expect(seatTimes.bookedSeats.buyer).toBe(1);
  expect(seatTimes.totalMs).toBe(2_000_000);
  expect(seatTimes.unsoldMs).toBe(1_910_000);
});

test('the rate limits of the product apply: ten holds of one buyer, and 120 unconfirmed seats of one address', () => {
  const { guard } = listSignals();
  const sale = new Sale({ hall: { ...hall, seatsTotal: 400, seatLimit: 100 }, guard });
  const [one, other] = ['one', 'other'].map((person) => sale.startSession(home, person, 'buyer'));
  if (one == null || other == null) throw new Error('no session');
  const answers = Array.from({ length: 11 }, (_, seat) => sale.holdSeats(one, [seat]).kind);
  expect(answers.indexOf('refused')).toBe(10);
  const seats = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
  expect(sale.holdSeats(other, seats(20, 90)).kind).toBe('held');
  const third = sale.startSession(home, 'third', 'buyer');
  if (third === null) throw new Error('no session');
  expect(sale.holdSeats(third, seats(120, 21)).kind).toBe('refused');
  expect(sale.holdSeats(third, seats(120, 20)).kind).toBe('held');
});
