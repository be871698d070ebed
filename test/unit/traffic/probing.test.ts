import { expect, it } from 'vitest';
import { LocalProbing, type Subjects } from '../../../src/traffic/probing/local-probing.ts';
import {
  COUNTERS_MAX,
  getScore,
  judge,
  record,
  SEAT_COOL_DOWN_MS,
  type Signal,
  type SubjectState,
} from '../../../src/traffic/probing/rules.ts';

const MINUTE_MS = 60_000;
const HOLD_MS = 5 * MINUTE_MS;

const client = (identity: string, address = 'home', network = 'provider'): Subjects => ({
  identity,
  address,
  network,
});
const signal = (kind: Signal['kind'], seats: readonly number[] = [1], heldMs = 0): Signal => ({
  kind,
  seats,
  heldMs,
});

/** A process with a clock that only the test moves. */
class Sale {
  nowMs = 1_800_000_000_000;
  readonly #probing = new LocalProbing(10_000);

  note(subjects: Subjects, ...noted: Parameters<typeof signal>) {
    return this.#probing.record(subjects, signal(...noted), this.nowMs);
  }

  judge(subjects: Subjects, seats: readonly number[] = [99]) {
    return this.#probing.judge(subjects, seats, this.nowMs);
  }

  /** Lets holds expire one after the other, of other seats each time. */
  expire(subjects: Subjects, holds: number): void {
    for (let i = 0; i < holds; i++) {
      this.nowMs += HOLD_MS;
      this.note(subjects, 'expired', [1_000 + i], HOLD_MS);
    }
  }
}

it('a buyer who changes their mind ten times and misses two deadlines meets no measure', () => {
  const sale = new Sale();
  const buyer = client('buyer');
  for (let i = 0; i < 10; i++) sale.note(buyer, 'released', [i], 10_000);
  sale.expire(buyer, 2);
  expect(sale.judge(buyer)).toBeNull();
});

it('an identity that lets its holds expire is slowed, then has to wait, and is closed in the end', () => {
  const sale = new Sale();
  const prober = client('prober');
  const found = Array.from({ length: 7 }, (_, i) => {
    sale.note(prober, 'expired', [i], HOLD_MS);
    sale.judge(prober);
    return sale.judge(prober)?.measure ?? null;
  });
  expect(found).toEqual([null, null, 'slowed', 'cool-down', 'cool-down', 'closed', 'closed']);
  sale.nowMs += 23 * 60 * MINUTE_MS;
  expect(sale.judge(prober)).toMatchObject({ measure: 'closed', scope: 'identity', reason: 'wasted' });
});

it('a slowed identity may hold seats once in 20 seconds, and gets its pace back', () => {
  const sale = new Sale();
  const hasty = client('hasty');
  for (let i = 0; i < 62; i++) sale.note(hasty, 'taken', [i]);
  expect(sale.judge(hasty)).toBeNull();
  expect(sale.judge(hasty)).toMatchObject({ measure: 'slowed', reason: 'attempts', retryAfterMs: 20_000 });
  sale.nowMs += 15_000;
  expect(sale.judge(hasty)?.retryAfterMs).toBe(5_000);
  sale.nowMs += 5_000;
  expect([sale.judge(hasty), sale.judge(hasty)?.measure]).toEqual([null, 'slowed']);
  sale.nowMs += 10 * MINUTE_MS;
  expect([sale.judge(hasty), sale.judge(hasty)]).toEqual([null, null]);
});

it('a cool-down ends after ten minutes', () => {
  const sale = new Sale();
  const prober = client('prober');
  for (let i = 0; i < 5; i++) sale.note(prober, 'expired', [i], HOLD_MS);
  expect(sale.judge(prober)).toMatchObject({ measure: 'cool-down', retryAfterMs: 10 * MINUTE_MS });
  sale.nowMs += 10 * MINUTE_MS;
  expect(sale.judge(prober)).toBeNull();
});

it('counters lose half of their value in a half-life, also if the clock is set back in between', () => {
  const nowMs = 1_800_000_000_000;
  let state: SubjectState = new Map();
  for (let i = 0; i < 6; i++) state = record(state, 'identity', signal('expired', [i], HOLD_MS), nowMs);
  expect(getScore(state, 'identity', nowMs)).toEqual({ score: 4, reason: 'wasted' });
  expect(getScore(state, 'identity', nowMs + 30 * MINUTE_MS).score).toBeCloseTo(1);
  expect(getScore(state, 'identity', nowMs - 30 * MINUTE_MS).score).toBe(4);
});

it('a hold that was released soon counts for the time that it took', () => {
  const nowMs = 1_800_000_000_000;
  let state: SubjectState = new Map();
  for (let i = 0; i < 20; i++) state = record(state, 'identity', signal('released', [i], 2_000), nowMs);
  expect(judge(state, 'identity', nowMs)).toBeNull();
});

it('repeated attempts on the same taken seats tell a sniper from a buyer who chooses others', () => {
  const sale = new Sale();
  const [buyer, sniper] = [client('buyer'), client('sniper')];
  for (let i = 0; i < 20; i++) {
    sale.nowMs += 1_000;
    sale.note(buyer, 'taken', [2 * i, 2 * i + 1]);
    sale.note(sniper, 'taken', [1, 2]);
  }
  expect(sale.judge(buyer)).toBeNull();
  expect(sale.judge(sniper)).toMatchObject({ measure: 'closed', reason: 'retries' });
});

it('seats touched within a minute count, whether they were taken or held', () => {
  const sale = new Sale();
  const prober = client('prober');
  for (let i = 0; i < 13; i++) {
    const ten = Array.from({ length: 10 }, (__, seat) => 10 * i + seat);
    sale.note(prober, i % 2 === 0 ? 'held' : 'taken', ten);
  }
  sale.judge(prober);
  expect(sale.judge(prober)).toMatchObject({ reason: 'touched' });
});

it('a class of 30 behind one address buys, although a third of its holds come to nothing', () => {
  const sale = new Sale();
  const pupils = Array.from({ length: 30 }, (_, i) => client(`pupil ${i}`, 'school', 'school'));
  pupils.forEach((pupil, i) => sale.note(pupil, 'taken', [i]));
  pupils.slice(0, 5).forEach((pupil, i) => sale.note(pupil, 'released', [i], 20_000));
  pupils.slice(10).forEach((pupil) => sale.note(pupil, 'confirmed'));
  sale.nowMs += HOLD_MS;
  pupils.slice(0, 10).forEach((pupil, i) => sale.note(pupil, 'expired', [i], HOLD_MS));
  expect(pupils.map((pupil) => sale.judge(pupil))).toEqual(pupils.map(() => null));
});

it('an address whose holds all come to nothing is closed, however many identities it uses', () => {
  const sale = new Sale();
  for (let i = 0; i < 12; i++) sale.note(client(`guest ${i}`), 'expired', [i], HOLD_MS);
  const fresh = client('fresh guest');
  expect(sale.judge(fresh)).toMatchObject({ measure: 'closed', scope: 'address', reason: 'wasted' });
  expect(sale.judge(client('neighbor', 'another address'))).toBeNull();
});

it('identities that were flagged count against their address and network', () => {
  const sale = new Sale();
  for (let i = 0; i < 20; i++)
    for (let attempt = 0; attempt < 20; attempt++)
      sale.note(client(`sniper ${i}`, `address ${i}`), 'taken', [1, 2]);
  expect(sale.judge(client('fresh', 'fresh address'))).toMatchObject({
    measure: 'cool-down',
    scope: 'network',
    reason: 'probers',
  });
});

it('a network is never closed', () => {
  const sale = new Sale();
  for (let i = 0; i < 500; i++) sale.note(client(`guest ${i}`, `address ${i}`), 'expired', [i], HOLD_MS);
  expect(sale.judge(client('fresh', 'fresh address'))).toMatchObject({
    measure: 'cool-down',
    scope: 'network',
  });
});

it('a seat that an identity has held twice without paying is kept from it for ten minutes', () => {
  const sale = new Sale();
  const [cycler, other] = [client('cycler'), client('other', 'other', 'other')];
  const hold = () => sale.note(cycler, 'released', [17], 4 * MINUTE_MS);
  hold();
  expect(sale.judge(cycler, [17])).toBeNull();
  hold();
  expect(sale.judge(cycler, [16, 17])).toMatchObject({
    measure: 'cool-down',
    reason: 'seat',
    scope: 'identity',
    retryAfterMs: SEAT_COOL_DOWN_MS,
  });
  expect([sale.judge(cycler, [18]), sale.judge(other, [17])]).toEqual([null, null]);
  sale.nowMs += SEAT_COOL_DOWN_MS;
  expect(sale.judge(cycler, [17])).toBeNull();
});

it('new identities of one address do not get around the cool-down of a seat', () => {
  const sale = new Sale();
  for (let i = 0; i < 3; i++) sale.note(client(`guest ${i}`), 'released', [17], 4 * MINUTE_MS);
  expect(sale.judge(client('fresh guest'), [17])).toMatchObject({ reason: 'seat', scope: 'address' });
});

it('a refused hold does not use up the turn of a slowed address', () => {
  const sale = new Sale();
  for (let i = 0; i < 6; i++) sale.note(client(`guest ${i}`), 'expired', [i], HOLD_MS);
  const [prober, buyer] = [client('prober'), client('buyer')];
  for (let i = 0; i < 20; i++) sale.note(prober, 'taken', [1, 2]);
  expect(sale.judge(prober)?.scope).toBe('identity');
  expect(sale.judge(buyer)).toBeNull();
});

it('keeps a bounded number of counters of a subject: those of the latest seats', () => {
  let state: SubjectState = new Map();
  for (let i = 0; i < 500; i++) state = record(state, 'identity', signal('taken', [i]), 1_000 + i);
  expect(state.size).toBe(COUNTERS_MAX);
  expect([state.has('attempts'), state.has('tried:499'), state.has('tried:0')]).toEqual([true, true, false]);
});
