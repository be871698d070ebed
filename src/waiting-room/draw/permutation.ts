import { hash } from 'node:crypto';

/*
 * A keyed permutation of 0 … size-1, computed without storage: a balanced Feistel network over the smallest even number
 * of bits that holds the domain, with cycle walking. Its round function is SHA-256 over key and input, which is a sound
 * pseudorandom function because the length of its input is fixed, and a tenth of the cost of HMAC. docs/onsale.md specifies it
 * byte by byte, so that buyers can recompute their number; scripts/verify-draw.ts is a second implementation.
 */

const ROUNDS = 10;
/** Small domains are embedded in 64 values: a network with halves of one or two bits mixes poorly. */
const HALF_BITS_MIN = 3;
/** Halves then have at most 16 bits, so that all arithmetic is exact. */
const PERMUTATION_SIZE_MAX = 2 ** 31 - 1;

/** Returns the position of `index` among `size`, both from 0. */
export function permute(index: number, size: number, key: Uint8Array): number {
  if (!Number.isInteger(size) || size < 1 || size > PERMUTATION_SIZE_MAX)
    throw new RangeError(`cannot permute ${size} values`);
  if (!Number.isInteger(index) || index < 0 || index >= size)
    throw new RangeError(`${index} is not among ${size} values`);
  const halfBits = Math.max(HALF_BITS_MIN, Math.ceil(Math.log2(size) / 2));
  let value = index;
  // The network permutes a domain of at most 64 or 4 × size values, so the walk returns below `size` soon.
  do value = encrypt(value, halfBits, key);
  while (value >= size); // guard: draw-cycle-walking
  return value;
}

function encrypt(value: number, halfBits: number, key: Uint8Array): number {
  const halfSize = 2 ** halfBits;
  let left = Math.floor(value / halfSize);
  let right = value % halfSize;
  const input = Buffer.concat([key, Buffer.alloc(5)]);
  for (let round = 0; round < ROUNDS; round++) {
    input.writeUInt8(round, key.length);
    input.writeUInt32BE(right, key.length + 1);
    const mixed = hash('sha256', input, 'buffer').readUInt32BE(0) % halfSize;
    [left, right] = [right, left ^ mixed];
  }
  return left * halfSize + right;
}
