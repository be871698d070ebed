import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { commitTo, digestLobby, drawNumber, hashBuyer } from '../../../src/waiting-room/draw/lobby.ts';
import { permute } from '../../../src/waiting-room/draw/permutation.ts';

const keyOf = (number: number) => createHash('sha256').update(`key ${number}`).digest();

describe('the permutation', () => {
  it.each([1, 2, 3, 5, 63, 64, 65, 257, 1_000, 5_000])('gives each of %i values one position', (size) => {
    const positions = new Set(Array.from({ length: size }, (_, i) => permute(i, size, keyOf(size))));
    expect(positions.size).toBe(size);
    expect(Math.max(...positions)).toBe(size - 1);
  });

  it('refuses values outside its domain', () => {
    expect(() => permute(3, 3, keyOf(0))).toThrow(RangeError);
    expect(() => permute(-1, 3, keyOf(0))).toThrow(RangeError);
    expect(() => permute(0, 0, keyOf(0))).toThrow(RangeError);
    expect(() => permute(0, 2 ** 31, keyOf(0))).toThrow(RangeError);
  });

  it('gives every join index every number equally often, over 3,000 draws', () => {
    const size = 10;
    const draws = 3_000;
    for (const index of [0, 4, 9]) {
      const counts = Array.from({ length: size }, () => 0);
      for (let draw = 0; draw < draws; draw++) {
        const position = permute(index, size, keyOf(draw));
        counts[position] = (counts[position] ?? 0) + 1;
      }
      expect(chiSquared(counts)).toBeLessThan(CHI_SQUARED_9);
    }
  });

  it('orders every pair of neighbors either way equally often', () => {
    const pairs = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 4_000; draw++) {
      const first = (draw % 5) * 20;
      const isFirst = permute(first, 100, keyOf(draw)) < permute(first + 1, 100, keyOf(draw));
      const cell = (draw % 5) * 2 + (isFirst ? 0 : 1);
      pairs[cell] = (pairs[cell] ?? 0) + 1;
    }
    expect(chiSquared(pairs)).toBeLessThan(CHI_SQUARED_9);
  });

  it('does not depend on the time of joining: the mean number of early and late joiners is the same', () => {
    const size = 1_000;
    const means = [0, 1].map((half) => {
      let sum = 0;
      for (let draw = 0; draw < 20; draw++)
        for (let i = 0; i < size / 2; i++) sum += permute(half * (size / 2) + i, size, keyOf(draw));
      return sum / 20 / (size / 2);
    });
    // The standard error of the mean is about 2 for 10,000 samples of a uniform distribution with σ = 289.
    for (const mean of means) expect(Math.abs(mean - 499.5)).toBeLessThan(3.3 * 2.9);
  });
});

/** 0.999 quantile for 9 degrees of freedom: p > 0.001 below it. */
const CHI_SQUARED_9 = 27.88;

function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('the lobby', () => {
  const entries = [1, 2, 5].map((joinIndex) => ({
    joinIndex,
    buyerHash: hashBuyer(7, `buyer ${joinIndex}`),
  }));
  const seed = Buffer.alloc(32, 1);

  it('has a digest that depends on every entry, their order, the size and the event', () => {
    const digests = [
      digestLobby(7, entries, 5),
      digestLobby(7, entries.slice(1), 5),
      digestLobby(7, entries, 6),
      digestLobby(8, entries, 5),
      digestLobby(7, [{ joinIndex: 1, buyerHash: hashBuyer(7, 'buyer 2') }, ...entries.slice(1)], 5),
      digestLobby(7, [], 5),
    ].map((digest) => digest.toString('hex'));
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('accepts entries only in order and within its size', () => {
    expect(() => digestLobby(7, entries.toReversed(), 5)).toThrow(RangeError);
    expect(() => digestLobby(7, entries, 4)).toThrow(RangeError);
  });

  it('is drawn with a key from both seed and digest', () => {
    const draw = (over: object) =>
      Array.from({ length: 50 }, (_, i) =>
        drawNumber({ seed, digest: commitTo(seed), lobbySize: 50, ...over }, i + 1),
      );
    const numbers = draw({});
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(draw({ digest: Buffer.alloc(32, 2) })).not.toEqual(numbers);
    expect(draw({ seed: Buffer.alloc(32, 2) })).not.toEqual(numbers);
    const key = createHmac('sha256', seed).update(commitTo(seed)).digest();
    expect(numbers[0]).toBe(permute(0, 50, key) + 1);
  });
});
