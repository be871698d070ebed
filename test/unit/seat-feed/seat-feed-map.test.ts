import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeatStatusCode } from '../../../src/messaging/messages.ts';
import { packDigits, toSeatStatus } from '../../../src/seating/map/seat-map.ts';
import { LiveSeats } from '../../../src/web/seat-feed/live-seats.ts';
import { PackedSeats, seatStatuses, type SeatCode } from '../../../src/web/seat-feed/packed-seats.ts';
import { parseSeatUpdate, type SeatUpdate } from '../../../src/web/seat-feed/seat-update.ts';

const code = fc.constantFrom<SeatCode[]>(0, 1, 2, 3);
const hall = fc.array(code, { minLength: 1, maxLength: 70 });

function serverStates(codes: readonly SeatStatusCode[]): string {
  return packDigits(codes.join('')).encode();
}

describe('packing', () => {
  it('matches the server', () => {
    fc.assert(
      fc.property(hall, (codes) => {
        const seats = PackedSeats.decode(serverStates(codes), codes.length);
        expect(codes.map((_, index) => seats?.get(index))).toEqual(codes);
        expect(seats?.encode()).toBe(serverStates(codes));
      }),
    );
  });

  it('sets exactly one seat', () => {
    fc.assert(
      fc.property(hall, fc.nat(), code, (codes, at, to) => {
        const index = at % codes.length;
        const seats = PackedSeats.decode(serverStates(codes), codes.length);
        seats?.set(index, to);
        expect(codes.map((_, i) => seats?.get(i))).toEqual(codes.with(index, to));
      }),
    );
  });

  it('unpacks the example of docs/protocol.md', () => {
    const seats = PackedSeats.decode('5AE=', 6);
    expect([0, 1, 2, 3, 4, 5].map((index) => seatStatuses[seats?.get(index) ?? 0])).toEqual([
      'AVAILABLE',
      'HELD',
      'BOOKED',
      'BLOCKED',
      'HELD',
      'AVAILABLE',
    ]);
  });

  it.each([
    ['too few bytes', '5A==', 6],
    ['too many bytes', '5AEA', 6],
    ['no base64', '5*E=', 6],
    ['nothing', '', 6],
    ['padding that is not zero', '5BE=', 6],
    ['spaces', '5AE=    ', 6],
  ])('refuses %s', (_, states, seatCount) => {
    expect(PackedSeats.decode(states, seatCount)).toBeNull();
  });
});

/** Messages that a server may send: any merged range of the history, and snapshots. */
const history = fc.record({
  start: hall,
  batches: fc.array(fc.array(fc.tuple(fc.nat(), code), { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
  tells: fc.array(fc.tuple(fc.boolean(), fc.nat(), fc.nat()), { maxLength: 30 }),
});

/** All versions of the map, starting with the first. */
function versionsOf(start: readonly SeatCode[], batches: readonly (readonly [number, SeatCode][])[]) {
  const versions: SeatCode[][] = [[...start]];
  for (const batch of batches) {
    const next = [...(versions.at(-1) ?? [])];
    for (const [seat, to] of batch) next[seat % start.length] = to;
    versions.push(next);
  }
  return versions;
}

function snapshotOf(versions: readonly SeatCode[][], version: number): SeatUpdate {
  const codes = versions[version] ?? [];
  const seats = PackedSeats.decode(serverStates(codes), codes.length);
  if (seats === null) throw new Error('not packed');
  return { kind: 'snapshot', version, seats };
}

function changesOf(
  versions: readonly SeatCode[][],
  batches: readonly (readonly [number, SeatCode][])[],
  fromVersion: number,
  version: number,
): SeatUpdate {
  const touched = new Set(
    batches
      .slice(fromVersion, version)
      .flatMap((batch) => batch.map(([seat]) => seat % (versions[0]?.length ?? 1))),
  );
  const seats = [...touched].map((index) => [index, versions[version]?.[index] ?? 0] as const);
  return { kind: 'changes', fromVersion, version, seats };
}

describe('merging and ordering', () => {
  it('shows exactly its version, whatever ranges arrive in whatever order', () => {
    fc.assert(
      fc.property(history, ({ start, batches, tells }) => {
        const versions = versionsOf(start, batches);
        const live = new LiveSeats(start.length);
        expect(live.apply(changesOf(versions, batches, 0, batches.length))).toBe('gap');
        live.apply(snapshotOf(versions, 0));
        for (const [whole, a, b] of tells) {
          const [from = 0, to = 0] = [a, b].map((n) => n % versions.length).sort((x, y) => x - y);
          const before = live.version ?? 0;
          const applied = live.apply(
            whole ? snapshotOf(versions, to) : changesOf(versions, batches, from, to),
          );
          if (!whole) expect(applied === 'gap').toBe(from > before);
          expect(live.states).toBe(serverStates(versions[live.version ?? 0] ?? []));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reports each changed seat with its old and new status, and counts them', () => {
    fc.assert(
      fc.property(hall, fc.array(code, { minLength: 70, maxLength: 70 }), (before, other) => {
        const after = other.slice(0, before.length);
        const live = new LiveSeats(before.length);
        live.apply(snapshotOf([before], 0));
        const applied = live.apply({ ...snapshotOf([after], 0), version: 1 });
        const expected = before.flatMap((from, index) => {
          const to = after[index] ?? 0;
          return from === to ? [] : [{ index, from: toSeatStatus(from), to: toSeatStatus(to) }];
        });
        expect(applied).toEqual({ seats: expected });
        const counts = seatStatuses.map((_, i) => after.filter((status) => status === i).length);
        expect(Object.values(live.counts())).toEqual(counts);
      }),
    );
  });

  it('accepts a snapshot of an older version', () => {
    const live = new LiveSeats(1);
    live.apply(snapshotOf([[1]], 0));
    live.apply({ ...snapshotOf([[2]], 0), version: 1_000_000 });
    live.apply({ ...snapshotOf([[3]], 0), version: 7 });
    expect([live.version, live.statusOf(0)]).toEqual([7, 'BLOCKED']);
  });
});

describe('hostile messages', () => {
  const seats = [{ index: 0, status: 'HELD' }];
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'SeatsChanged'],
    ['a list', []],
    ['no version', { states: 'AA==' }],
    ['a version that is text', { version: '1', states: 'AA==' }],
    ['a version that is no number', { version: Number.NaN, states: 'AA==' }],
    ['a version below zero', { version: -1, states: 'AA==' }],
    ['a version with a fraction', { version: 1.5, states: 'AA==' }],
    ['no fromVersion', { version: 1, seats }],
    ['a version before the one that it continues', { version: 1, fromVersion: 2, seats }],
    ['no seats', { version: 1, fromVersion: 0 }],
    ['seats that are no list', { version: 1, fromVersion: 0, seats: { length: 1, 0: seats[0] } }],
    ['a seat that is nothing', { version: 1, fromVersion: 0, seats: [null] }],
    ['a seat below zero', { version: 1, fromVersion: 0, seats: [{ index: -1, status: 'HELD' }] }],
    ['a seat that there is not', { version: 1, fromVersion: 0, seats: [{ index: 3, status: 'HELD' }] }],
    ['a seat without an index', { version: 1, fromVersion: 0, seats: [{ status: 'HELD' }] }],
    ['a status that there is not', { version: 1, fromVersion: 0, seats: [{ index: 0, status: 'toString' }] }],
    ['more seats than there are', { version: 1, fromVersion: 0, seats: Array(4).fill(seats[0]) }],
    ['a map of another hall', { version: 1, states: 'AAAA' }],
    ['a map of seats that there are not', { version: 1, states: 'wA==' }],
  ])('refuses %s', (_, message) => {
    expect(parseSeatUpdate(message, 3)).toBeNull();
  });

  it('rejects every message that it can not apply', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        const update = parseSeatUpdate(message, 3);
        const live = new LiveSeats(3);
        if (update !== null) live.apply(update);
        expect(Object.values(live.counts()).reduce((sum, count) => sum + count)).toBe(3);
      }),
      { numRuns: 2_000 },
    );
  });
});
