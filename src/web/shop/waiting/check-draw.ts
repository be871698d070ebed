import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** `waitingRoomProof` of the schema. */
interface Proof {
  readonly commitment: string;
  readonly digest: string | null;
  readonly lobbySize: number | null;
  readonly seed: string | null;
  readonly joinIndex: number | null;
}

/**
 * Recomputes the number of a place as docs/onsale.md specifies it. Returns false if it is another one, or if the seed is not the one
 * that the server had committed itself to. Returns null if this cannot be known.
 *
 * A library hashes, because browsers do it only for pages that came over HTTPS or from this machine.
 */
export async function checkDraw(
  readProof: () => Promise<Proof | null>,
  number: number,
  /** The commitment that was published while the lobby was open, if the browser has read it. */
  seenCommitment: string | null,
): Promise<boolean | null> {
  const proof = await readProof();
  if (proof === null) return null;
  const { commitment, digest, lobbySize, seed, joinIndex } = proof;
  if (digest === null || lobbySize === null || seed === null || joinIndex === null) return null;
  if (seenCommitment !== null && seenCommitment !== commitment) return false;
  const seedBytes = toBytes(seed);
  if (toHex(sha256(seedBytes)) !== commitment) return false;
  // Who joined after the draw has the join index as the number.
  if (joinIndex > lobbySize) return number === joinIndex;
  const key = hmac(sha256, seedBytes, toBytes(digest));
  return number === permute(joinIndex - 1, lobbySize, key) + 1;
}

const ROUNDS = 10;
const HALF_BITS_MIN = 3;

function permute(index: number, size: number, key: Uint8Array): number {
  let halfBits = HALF_BITS_MIN;
  while (4 ** halfBits < size) halfBits++;
  let value = index;
  do value = encrypt(value, 2 ** halfBits, key);
  while (value >= size);
  return value;
}

function encrypt(value: number, halfSize: number, key: Uint8Array): number {
  let left = Math.floor(value / halfSize);
  let right = value % halfSize;
  const input = new Uint8Array(key.length + 5);
  input.set(key);
  const view = new DataView(input.buffer, key.length);
  for (let round = 0; round < ROUNDS; round++) {
    view.setUint8(0, round);
    view.setUint32(1, right);
    const hash = sha256(input);
    const mixed = new DataView(hash.buffer, hash.byteOffset).getUint32(0) % halfSize;
    [left, right] = [right, left ^ mixed];
  }
  return left * halfSize + right;
}

function toBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
