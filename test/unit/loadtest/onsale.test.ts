import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkDraw, readBuyerId } from '../../../loadtest/run/onsale/check-draw.ts';
import { judgeOnsale } from '../../../loadtest/run/onsale/judge-onsale.ts';
import { formatOnsale, type OnsaleReport } from '../../../loadtest/run/onsale/onsale-report.ts';
import { addressOf, assignVirtualUsers, kindOf, KINDS } from '../../../loadtest/run/onsale/people.ts';
import { countEarlyAdmissions, measureWaits, sumByKind } from '../../../loadtest/run/onsale/sale-results.ts';
import type { Called } from '../../../loadtest/run/onsale/waiter.ts';
import {
  commitTo,
  digestLobby,
  drawNumber,
  encodeLobby,
  hashBuyer,
} from '../../../src/waiting-room/draw/lobby.ts';

const EVENT = 7;
const called = (person: number, changes: Partial<Called> = {}): Called => ({
  person,
  kind: 'buyer',
  token: '',
  placeToken: '',
  number: person,
  calledAt: 10_000,
  estimatedAt: 4_000,
  estimatedWaitSeconds: 5,
  ...changes,
});

describe('people', () => {
  it('are bots in the stated share, of all kinds, half of them resellers', () => {
    const kinds = Array.from({ length: 20_000 }, (_, person) => kindOf(person, 0.1));
    const count = (kind: string) => kinds.filter((found) => found === kind).length;
    expect(count('buyer')).toBe(18_000);
    expect(count('reseller')).toBe(1_000);
    for (const kind of KINDS) expect(count(kind)).toBeGreaterThan(300);
  });

  it('have addresses of their own, except that resellers share a network', () => {
    const url = 'http://127.0.0.1:4000';
    const buyers = Array.from({ length: 1_000 }, (_, person) => addressOf(person, 'buyer', url));
    expect(new Set(buyers).size).toBe(1_000);
    const resellers = Array.from({ length: 1_000 }, (_, person) => addressOf(person, 'reseller', url));
    expect(resellers.every((address) => address?.startsWith('127.4.1.'))).toBe(true);
    const { kinds, addresses } = assignVirtualUsers(60, ['127.1.0.1', '127.1.1.1']);
    expect(addresses).toHaveLength(60);
    for (const [user, kind] of kinds.entries())
      expect(addresses[user]?.startsWith('127.4.1.')).toBe(kind === 'reseller');
  });
});

describe('the check of a draw', () => {
  const seed = createHash('sha256').update('seed').digest();
  const buyers = ['a', 'b', 'c', 'd', 'e'];
  const tokenOf = (sub: string) => `x.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.x`;
  const entries = buyers.map((buyer, i) => ({ joinIndex: i + 1, buyerHash: hashBuyer(EVENT, buyer) }));
  const digest = digestLobby(EVENT, entries, buyers.length);
  const draw = { seed, digest, lobbySize: buyers.length };
  const proof = {
    commitment: commitTo(seed).toString('hex'),
    digest: digest.toString('hex'),
    lobbySize: buyers.length,
    seed: seed.toString('hex'),
    joinIndex: null,
  };
  const person = (index: number, buyer: string, number: number) => ({
    person: index,
    token: tokenOf(buyer),
    number,
    earlyClaim: null,
  });
  const people = buyers.map((buyer, i) => person(i, buyer, drawNumber(draw, i + 1)));
  const check = (list: typeof people, published = proof) =>
    checkDraw(published, EVENT, Buffer.from(encodeLobby(entries)), list);

  it('recomputes the numbers of the lobby, and accepts later ones above its size', async () => {
    const found = await check([...people, person(5, 'late', 6)]);
    expect(found).toEqual({ problems: [], lobbySize: 5, compared: 5 });
  });

  it('reports exchanged numbers, numbers given twice, and late arrivals in the lobby', async () => {
    const [first, second, ...others] = people;
    if (first === undefined || second === undefined) throw new Error('nobody is there');
    const exchanged = [{ ...first, number: second.number }, { ...second, number: first.number }, ...others];
    expect((await check(exchanged)).problems).toHaveLength(2);
    expect((await check([...people, person(5, 'late', 3)])).problems).toEqual([
      'number 3 was given twice',
      'person 5 was not in the lobby and has number 3 of it',
    ]);
  });

  it('reads no buyer from the token of a person whose session failed', () => {
    expect(readBuyerId('')).toBe('');
    expect(readBuyerId(tokenOf('a'))).toBe('a');
  });

  it('reports another seed and another lobby', async () => {
    const { problems } = await check(people, { ...proof, seed: '00'.repeat(32), digest: '00'.repeat(32) });
    expect(problems.slice(0, 2)).toEqual([
      'the seed is not the committed one',
      'the digest is not that of the lobby',
    ]);
  });
});

describe('the results of a sale', () => {
  const visits = [
    { person: 1, admittedAt: 5_000, end: 'bought', outcomes: { 'holdSeats HOLD': 1 } },
    { person: 2, admittedAt: null, end: 'not admitted', outcomes: {} },
    { person: 3, admittedAt: 6_000, end: 'gave up', outcomes: { 'holdSeats RATE_LIMITED': 2 } },
  ];
  const handover = { called: [called(1), called(2), called(3, { kind: 'cycler' })], visits };

  it('attribute seats and held time to the kinds of people', () => {
    const arrivals = [
      { kind: 'buyer' as const, buyer: 'a' },
      { kind: 'buyer' as const, buyer: 'b' },
      { kind: 'cycler' as const, buyer: 'c' },
    ];
    const bookings = [
      { buyer: 'a', seats: 2, bought: true, heldSeconds: 10 },
      { buyer: 'c', seats: 4, bought: false, heldSeconds: 5 },
    ];
    const results = sumByKind(arrivals, bookings, handover);
    expect(results[0]).toMatchObject({
      kind: 'buyer',
      arrived: 2,
      called: 2,
      admitted: 1,
      seatsBought: 2,
      heldSeatSeconds: 20,
    });
    expect(results.find(({ kind }) => kind === 'cycler')).toMatchObject({
      seatsBought: 0,
      heldSeatSeconds: 20,
      outcomes: { 'holdSeats RATE_LIMITED': 2 },
    });
  });

  it('compare each admission with the number that was published by then', () => {
    const rooms = [
      { at: 4_000, nowServing: 2 },
      { at: 7_000, nowServing: 3 },
    ];
    expect(countEarlyAdmissions(handover, rooms)).toEqual({ count: 2, early: 1 });
  });

  it('compare waits with their estimates', () => {
    const waits = measureWaits([called(1), called(2, { estimatedWaitSeconds: null })]);
    expect(waits).toMatchObject({ measuredP50: 6, estimatedP50: 5, errorP50: 1 });
  });
});

describe('the verdict on a sale', () => {
  const report: OnsaleReport = {
    people: 3,
    seats: 2,
    lobbySize: 2,
    lateArrivals: 1,
    numbersCompared: 2,
    earlyClaims: { ADMISSION_REQUIRED: 1 },
    kinds: [
      {
        kind: 'buyer',
        arrived: 3,
        called: 1,
        admitted: 1,
        seatsBought: 2,
        heldSeatSeconds: 20,
        outcomes: { 'holdSeats HOLD': 1 },
      },
    ],
    waits: measureWaits([called(1)]),
    soldOutAfterSeconds: 12,
    seconds: [],
    socketsPeak: 3,
    memoryPerSocketKib: 20,
    roomMessages: 9,
    eventLoop: [{ process: 0, at: 0, p99Ms: 120 }],
  };
  const person = { person: 0, token: '', number: 1, earlyClaim: null };
  const crowd = [
    {
      people: [person, person, person],
      messages: 9,
      socketsPeak: 3,
      turnedAway: 0,
      failures: {},
      requests: [],
      rooms: [],
    },
  ];
  const noProblems: readonly string[] = [];
  const facts = { report, drawProblems: noProblems, admissions: { count: 1, early: 0 } };
  const failed = (changes: Partial<typeof facts>, people = crowd, limitsLatency = false) =>
    judgeOnsale({ ...facts, ...changes }, people, limitsLatency)
      .filter(({ ok }) => !ok)
      .map(({ what }) => what);

  it('passes a sale that kept every promise', () => expect(failed({})).toEqual([]));

  it('names each promise that was broken', () => {
    expect(failed({ report: { ...report, seats: 3 } })).toEqual(['the hall sold out']);
    expect(failed({ drawProblems: ['person 1 drew 2 and was given 3'] })).toEqual([
      'numbers are those of the published draw',
    ]);
    expect(failed({ admissions: { count: 1, early: 1 } })).toEqual([
      'nobody was admitted before the number was called',
    ]);
    expect(failed({ report: { ...report, earlyClaims: { Admission: 1 } } })).toEqual([
      'early claims were refused',
    ]);
    expect(failed({}, [])).toEqual([
      'everyone who arrived waited, but resellers over the limit of their network',
    ]);
    expect(failed({}, crowd, true)).toEqual(['p99 lag of the event loop below 100 ms in every interval']);
  });

  it('is followed by who got seats', () => {
    const text = formatOnsale(report, 'admissions.svg').replaceAll(/ +/g, ' ');
    expect(text).toContain('| buyer | 3 | 100.0 % | 1 | 1 | 2 | 100.0 % | 20 | 100.0 % |');
    expect(text).toContain('sold out 12.0 s after the sale began');
    expect(text).toContain('![Admissions over time](admissions.svg)');
    expect(text).toContain('| API 1 | 1 | 120 | 120 |');
  });
});
