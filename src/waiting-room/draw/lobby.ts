import { createHash, createHmac } from 'node:crypto';
import { permute } from './permutation.ts';

/** A place in the lobby, as it goes into the digest. */
export interface LobbyEntry {
  readonly joinIndex: number;
  /** See `hashBuyer`. */
  readonly buyerHash: Buffer;
}

/** What decides the order of a lobby. */
export interface Draw {
  readonly seed: Buffer;
  readonly digest: Buffer;
  /** Highest join index of the lobby. */
  readonly lobbySize: number;
}

/** Returns the commitment to a seed, which is published when the lobby opens. */
export function commitTo(seed: Buffer): Buffer {
  return createHash('sha256').update(seed).digest();
}

/** Hides a buyer's ID in the published list, but lets the buyer find it. The event is part of it, against linking. */
export function hashBuyer(eventId: number, buyerId: string): Buffer {
  return createHash('sha256').update(`${eventId}:${buyerId}`).digest();
}

/**
 * Returns the digest of a lobby: a hash chain over its entries in the order of their join indexes, closed with its size.
 * It is published before the seed, so that nobody who knows the seed can still add or remove entries.
 */
export function digestLobby(eventId: number, entries: readonly LobbyEntry[], lobbySize: number): Buffer {
  let chain = createHash('sha256').update(`sellout lobby ${eventId}`).digest();
  let previous = 0;
  for (const { joinIndex, buyerHash } of entries) {
    if (joinIndex <= previous || joinIndex > lobbySize)
      throw new RangeError('lobby entries are not in order');
    previous = joinIndex;
    chain = createHash('sha256').update(chain).update(uint64(joinIndex)).update(buyerHash).digest();
  }
  return createHash('sha256').update(chain).update(uint64(lobbySize)).digest();
}

const ENTRY_BYTES = 36;

/** Returns the form in which a lobby is stored: 36 bytes per entry. */
export function encodeLobby(entries: readonly LobbyEntry[]): Buffer {
  const bytes = Buffer.alloc(entries.length * ENTRY_BYTES);
  for (const [i, { joinIndex, buyerHash }] of entries.entries()) {
    bytes.writeUInt32BE(joinIndex, i * ENTRY_BYTES);
    buyerHash.copy(bytes, i * ENTRY_BYTES + 4);
  }
  return bytes;
}

export function decodeLobby(bytes: Buffer): LobbyEntry[] {
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, i) => ({
    joinIndex: bytes.readUInt32BE(i * ENTRY_BYTES),
    buyerHash: bytes.subarray(i * ENTRY_BYTES + 4, (i + 1) * ENTRY_BYTES),
  }));
}

/** Returns the place number that the draw gives to a join index: 1 to the size of the lobby. */
export function drawNumber({ seed, digest, lobbySize }: Draw, joinIndex: number): number {
  const key = createHmac('sha256', seed).update(digest).digest(); // guard: draw-key-from-digest
  return permute(joinIndex - 1, lobbySize, key) + 1;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
