/** `waitingRoomProof` of the schema. */
interface Proof {
  readonly commitment: string;
  readonly digest: string | null;
  readonly lobbySize: number | null;
  readonly seed: string | null;
  readonly joinIndex: number | null;
}

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Recomputes the number of a place as docs/onsale.md specifies it. Returns false if it is another one, or if the seed is not the one
 * that the server had committed itself to. Returns null if this cannot be known.
 */
export async function checkDraw(
  readProof: () => Promise<Proof | null>,
  number: number,
  /** The commitment that was published while the lobby was open, if the browser has read it. */
  seenCommitment: string | null,
): Promise<boolean | null> {
  // Browsers hash only for pages that came over HTTPS or from this machine.
  if (!('subtle' in crypto)) return null;
  const proof = await readProof();
  if (proof === null) return null;
  const { commitment, digest, lobbySize, seed, joinIndex } = proof;
  if (digest === null || lobbySize === null || seed === null || joinIndex === null) return null;
  if (seenCommitment !== null && seenCommitment !== commitment) return false;
  const seedBytes = toBytes(seed);
  if (toHex(await sha256(seedBytes)) !== commitment) return false;
  // Who joined after the draw has the join index as the number.
  if (joinIndex > lobbySize) return number === joinIndex;
  const key = await hmac(seedBytes, toBytes(digest));
  return number === (await permute(joinIndex - 1, lobbySize, key)) + 1;
}

const ROUNDS = 10;
const HALF_BITS_MIN = 3;

async function permute(index: number, size: number, key: Bytes): Promise<number> {
  let halfBits = HALF_BITS_MIN;
  while (4 ** halfBits < size) halfBits++;
  let value = index;
  do value = await encrypt(value, 2 ** halfBits, key);
  while (value >= size);
  return value;
}

async function encrypt(value: number, halfSize: number, key: Bytes): Promise<number> {
  let left = Math.floor(value / halfSize);
  let right = value % halfSize;
  const input = new Uint8Array(key.length + 5);
  input.set(key);
  const view = new DataView(input.buffer, key.length);
  for (let round = 0; round < ROUNDS; round++) {
    view.setUint8(0, round);
    view.setUint32(1, right);
    const hash = await sha256(input);
    const mixed = new DataView(hash.buffer).getUint32(0) % halfSize;
    [left, right] = [right, left ^ mixed];
  }
  return left * halfSize + right;
}

async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

async function hmac(key: Bytes, message: Bytes): Promise<Bytes> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message));
}

function toBytes(hex: string): Bytes {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function toHex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
