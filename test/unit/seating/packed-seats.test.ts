import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeatStatusCode } from '../../../src/messaging/messages.ts';
import { decodeSeatMap, encodeSeatMap } from '../../../src/seating/map/seat-map-cache.ts';
import {
  decodeSeats,
  encodeSeats,
  maskSeats,
  packDigits,
  toSeatCode,
  toSeatStatus,
} from '../../../src/seating/map/seat-map.ts';

const code = fc.constantFrom<SeatStatusCode[]>(0, 1, 2, 3);
/** Halls of any size; most sizes are no multiple of four. */
const hall = fc.array(code, { maxLength: 70, size: 'max' });
const packed = (codes: readonly SeatStatusCode[]) => packDigits(codes.join(''));

describe('packed seats', () => {
  it('keep their digits through base64 and back, on the server and in seat-feed', () => {
    fc.assert(
      fc.property(hall, (codes) => {
        const states = packed(codes);
        const again = decodeSeats(encodeSeats(states), codes.length);
        expect(states.seatCount).toBe(codes.length);
        expect(codes.map((_, seat) => again.get(seat))).toEqual(codes);
        expect([encodeSeats(again), again.encode()]).toEqual([encodeSeats(states), encodeSeats(states)]);
        expect(Buffer.from(encodeSeats(states), 'base64')).toHaveLength(Math.ceil(codes.length / 4));
      }),
    );
  });

  it('keep the padding of the last byte zero', () => {
    fc.assert(
      fc.property(
        hall.filter(({ length }) => length % 4 > 0),
        (codes) => {
          const states = packed(codes);
          for (const [seat] of codes.entries()) states.set(seat, 3);
          const last = Buffer.from(encodeSeats(states), 'base64').at(-1) ?? 255;
          expect(last).toBe(2 ** (2 * (codes.length % 4)) - 1);
        },
      ),
    );
  });

  it('change only the seat that is set', () => {
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

  it('have a mask for each status, with every seat in exactly one', () => {
    fc.assert(
      fc.property(hall, (codes) => {
        const states = packed(codes);
        for (const wanted of [0, 1, 2, 3] as const)
          expect([...maskSeats(states, wanted)]).toEqual(codes.map((has) => (has === wanted ? 1 : 0)));
      }),
    );
  });

  it('refuse seats out of range, and bytes of another hall', () => {
    for (const seatCount of [0, 1, 4, 5, 9]) {
      const states = packed(Array<SeatStatusCode>(seatCount).fill(0));
      for (const seat of [-1, seatCount, 0.5, Number.NaN, Infinity])
        expect(() => states.set(seat, 1)).toThrow(RangeError);
      expect(() => decodeSeats(encodeSeats(states), seatCount + 4)).toThrow(RangeError);
    }
  });

  it('are stored in Redis unchanged, with their version', () => {
    fc.assert(
      fc.property(hall, fc.nat({ max: 2 ** 31 - 1 }), (codes, version) => {
        const map = { version, batchId: randomUUID(), states: encodeSeats(packed(codes)) };
        const value = encodeSeatMap(codes.length, map);
        // A value without seats is a marker of a version.
        expect(decodeSeatMap(value)).toEqual(codes.length > 0 ? map : null);
        expect(decodeSeatMap(value.subarray(0, -1))).toBeNull();
        expect(decodeSeatMap(Buffer.concat([value, Buffer.alloc(1)]))).toBeNull();
      }),
    );
  });

  it('convert between codes and statuses', () => {
    for (const status of ['AVAILABLE', 'HELD', 'BOOKED', 'BLOCKED'] as const)
      expect(toSeatStatus(toSeatCode(status))).toBe(status);
  });
});
