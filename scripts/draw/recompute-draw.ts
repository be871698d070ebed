/*
 * Recomputes draws of waiting rooms. It shares no code with the server on purpose: it follows the specification in
 * docs/onsale.md.
 */
import { subtle } from 'node:crypto';

/** `waitingRoomProof` of the schema. */
export interface Proof {
  readonly commitment: string;
  readonly digest: string | null;
  readonly lobbySize: number | null;
  readonly seed: string | null;
  readonly joinIndex: number | null;
}

const text = new TextEncoder();

export async function sha256(...parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle.digest('SHA-256', new Uint8Array(parts.flatMap((part) => [...part]))));
}

export async function hmac(
  key: Uint8Array<ArrayBuffer>,
  message: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const usages = ['sign'] as const;
  const imported = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [...usages]);
  return new Uint8Array(await subtle.sign('HMAC', imported, new Uint8Array(message)));
}

export function toBytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bigEndian(value: number, length: number): Uint8Array {
  return toBytes(value.toString(16).padStart(2 * length, '0'));
}

/** Returns the digest of the published lobby, a line `join index,hashed buyer ID` per buyer. */
export async function chainLobby(
  eventNumber: number,
  lines: readonly string[],
  size: number,
): Promise<string> {
  let link = await sha256(text.encode(`sellout lobby ${eventNumber}`));
  for (const line of lines) {
    const [index = '', buyer = ''] = line.split(',');
    link = await sha256(link, bigEndian(Number(index), 8), toBytes(buyer));
  }
  return toHex(await sha256(link, bigEndian(size, 8)));
}

/** Returns the place number of a join index: a Feistel network of ten rounds, walked until it stays within the lobby. */
export async function findNumber(
  key: Uint8Array<ArrayBuffer>,
  joinIndex: number,
  size: number,
): Promise<number> {
  let bits = 3;
  while (4 ** bits < size) bits++;
  const mask = 2 ** bits - 1;
  let value = joinIndex - 1;
  for (;;) {
    let high = value >>> bits;
    let low = value & mask;
    for (const round of Array(10).keys()) {
      const code = await sha256(key, Uint8Array.of(round), bigEndian(low, 4));
      const word = new DataView(code.buffer).getUint32(0);
      [high, low] = [low, (high ^ word) & mask];
    }
    value = high * 2 ** bits + low;
    if (value < size) return value + 1;
  }
}
