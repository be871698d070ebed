import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeatStatusCode } from '../../../src/messaging/messages.ts';
import { decodeSeatMap, encodeSeatMap } from '../../../src/seating/map/seat-map-cache.ts';
import { codeOf, SeatStates, statusOf } from '../../../src/seating/map/seat-states.ts';

const code = fc.constantFrom<SeatStatusCode[]>(0, 1, 2, 3);
/** Halls of any size, most of them no multiple of four. */
const hall = fc.array(code, { maxLength: 70, size: 'max' });
const packed = (codes: readonly SeatStatusCode[]) => SeatStates.fromDigits(codes.join(''));

describe('packed seats', () => {
  it('are the digits that they were made of, through base64 and back', () => {
    fc.assert(
      fc.property(hall, (codes) => {
        const states = packed(codes);
        const again = SeatStates.fromBase64(states.toBase64(), codes.length);
        expect(states.seatCount).toBe(codes.length);
        expect(codes.map((_, seat) => again.get(seat))).toEqual(codes);
        expect(again.toBase64()).toBe(states.toBase64());
        expect(Buffer.from(states.toBase64(), 'base64')).toHaveLength(Math.ceil(codes.length / 4));
      }),
    );
  });

  it('leave zero what is no seat of the last byte, whatever is set', () => {
    fc.assert(
      fc.property(
        hall.filter(({ length }) => length % 4 > 0),
        (codes) => {
          const states = packed(codes);
          for (const [seat] of codes.entries()) states.set(seat, 3);
          const last = Buffer.from(states.toBase64(), 'base64').at(-1) ?? 255;
          expect(last).toBe(2 ** (2 * (codes.length % 4)) - 1);
        },
      ),
    );
  });

  it('change in one seat and no other', () => {
    fc.assert(
      fc.property(
        hall.filter(({ length }) => length > 0),
        fc.nat(),
        code,
        (codes, at, to) => {
          const seat = at % codes.length;
          const states = packed(codes);
          states.set(seat, to);
          expect(codes.map((_, i) => states.get(i))).toEqual(codes.with(seat, to));
        },
      ),
    );
  });

  it('have a mask of each status, and every seat is in exactly one', () => {
    fc.assert(
      fc.property(hall, (codes) => {
        const states = packed(codes);
        for (const wanted of [0, 1, 2, 3] as const)
          expect([...states.maskOf(wanted)]).toEqual(codes.map((has) => (has === wanted ? 1 : 0)));
      }),
    );
  });

  it('refuse seats that there are not, and bytes of another hall', () => {
    for (const seatCount of [0, 1, 4, 5, 9]) {
      const states = packed(Array<SeatStatusCode>(seatCount).fill(0));
      for (const seat of [-1, seatCount, 0.5, Number.NaN, Infinity])
        expect(() => states.set(seat, 1)).toThrow(RangeError);
      expect(() => SeatStates.fromBase64(states.toBase64(), seatCount + 4)).toThrow(RangeError);
    }
  });

  it('are kept in Redis as they are, with their version', () => {
    fc.assert(
      fc.property(hall, fc.nat({ max: 2 ** 31 - 1 }), (codes, version) => {
        const map = { version, batchId: randomUUID(), states: packed(codes).toBase64() };
        const value = encodeSeatMap(codes.length, map);
        // One of no seats is the mark of a version.
        expect(decodeSeatMap(value)).toEqual(codes.length > 0 ? map : null);
        expect(decodeSeatMap(value.subarray(0, -1))).toBeNull();
        expect(decodeSeatMap(Buffer.concat([value, Buffer.alloc(1)]))).toBeNull();
      }),
    );
  });

  it('have codes that are those of the statuses', () => {
    for (const status of ['AVAILABLE', 'HELD', 'BOOKED', 'BLOCKED'] as const)
      expect(statusOf(codeOf(status))).toBe(status);
  });
});
