import { createHash } from 'node:crypto';
import {
  chainLobby,
  findNumber,
  hmac,
  sha256,
  toBytes,
  toHex,
  type Proof,
} from '../../../scripts/draw/recompute-draw.ts';
import type { PersonReport } from './crowd-process.ts';

const ENTRY_BYTES = 36;
const INDEX_BYTES = 4;

export interface DrawCheck {
  /** What is wrong, one line each. */
  readonly problems: readonly string[];
  readonly lobbySize: number;
  /** Numbers of the lobby that were recomputed and compared with what the server said. */
  readonly compared: number;
}

/**
 * Recomputes the draw from its published proof and the published lobby, and compares it with the numbers that the server
 * gave to people.
 *
 * @param entries the lobby as it is stored: 4 bytes join index and 32 bytes hashed buyer ID each.
 */
export async function checkDraw(
  proof: Proof,
  eventNumber: number,
  entries: Buffer,
  people: readonly PersonReport[],
): Promise<DrawCheck> {
  const { commitment, digest, lobbySize, seed } = proof;
  if (digest === null || lobbySize === null || seed === null)
    return { problems: ['the draw was not published'], lobbySize: 0, compared: 0 };
  const problems: string[] = [];
  const lobby = readLobby(entries);
  if (toHex(await sha256(toBytes(seed))) !== commitment) problems.push('the seed is not the committed one');
  const lines = [...lobby].map(([buyer, index]) => `${index},${buyer}`);
  if ((await chainLobby(eventNumber, lines, lobbySize)) !== digest)
    problems.push('the digest is not that of the lobby');

  const key = await hmac(toBytes(seed), toBytes(digest));
  const numbers = new Set<number>();
  let compared = 0;
  for (const { person, token, number } of people) {
    if (number === null) continue;
    if (numbers.has(number)) problems.push(`number ${number} was given twice`);
    numbers.add(number);
    const joinIndex = lobby.get(hashBuyer(eventNumber, token));
    const isLate = joinIndex === undefined;
    if (isLate && number <= lobbySize)
      problems.push(`person ${person} was not in the lobby and has number ${number} of it`);
    if (isLate) continue;
    compared++;
    const drawn = await findNumber(key, joinIndex, lobbySize);
    if (drawn !== number) problems.push(`person ${person} drew ${drawn} and was given ${number}`);
  }
  return { problems, lobbySize, compared };
}

/** Returns join indexes by hashed buyer ID, in the order of the join indexes. */
function readLobby(entries: Buffer): Map<string, number> {
  const lobby = new Map<string, number>();
  for (let at = 0; at < entries.length; at += ENTRY_BYTES)
    lobby.set(entries.toString('hex', at + INDEX_BYTES, at + ENTRY_BYTES), entries.readUInt32BE(at));
  return lobby;
}

function hashBuyer(eventNumber: number, token: string): string {
  return createHash('sha256')
    .update(`${eventNumber}:${readBuyerId(token)}`)
    .digest('hex');
}

/** Returns the user ID in an access token; an empty text if the person got none. */
export function readBuyerId(token: string): string {
  if (token === '') return '';
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    sub?: string;
  };
  return claims.sub ?? '';
}
