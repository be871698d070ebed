// `npm run verify-draw -- --proof FILE [--lobby FILE --event ID]`: recomputes the draw of a waiting room from its published
// proof. It shares no code with the server on purpose: it follows the specification in docs/onsale.md.
import { subtle } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readArguments, runCommand, UsageError } from './local/command.ts';

interface Proof {
  readonly commitment: string;
  readonly digest: string | null;
  readonly lobbySize: number | null;
  readonly seed: string | null;
  readonly joinIndex: number | null;
}

const text = new TextEncoder();

async function sha256(...parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle.digest('SHA-256', new Uint8Array(parts.flatMap((part) => [...part]))));
}

async function hmac(key: Uint8Array<ArrayBuffer>, message: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const usages = ['sign'] as const;
  const imported = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [...usages]);
  return new Uint8Array(await subtle.sign('HMAC', imported, new Uint8Array(message)));
}

function toBytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bigEndian(value: number, length: number): Uint8Array {
  return toBytes(value.toString(16).padStart(2 * length, '0'));
}

/** The published lobby list, hashed link by link. */
async function chainLobby(eventNumber: number, lines: readonly string[], size: number): Promise<string> {
  let link = await sha256(text.encode(`sellout lobby ${eventNumber}`));
  for (const line of lines) {
    const [index = '', buyer = ''] = line.split(',');
    link = await sha256(link, bigEndian(Number(index), 8), toBytes(buyer));
  }
  return toHex(await sha256(link, bigEndian(size, 8)));
}

/** The place number of a join index: a Feistel network of ten rounds, walked until it stays within the lobby. */
async function findNumber(key: Uint8Array<ArrayBuffer>, joinIndex: number, size: number): Promise<number> {
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

async function verify(proof: Proof, eventNumber: number, lobby: readonly string[] | null): Promise<string[]> {
  const { commitment, digest, lobbySize, seed, joinIndex } = proof;
  if (digest === null || lobbySize === null || seed === null) return ['the draw has not been published yet'];
  const problems: string[] = [];
  if (toHex(await sha256(toBytes(seed))) !== commitment) problems.push('the seed is not the committed one');
  if (lobby !== null) {
    if ((await chainLobby(eventNumber, lobby, lobbySize)) !== digest)
      problems.push('the digest is not that of the lobby');
  }
  if (problems.length > 0) return problems;
  console.log('The seed matches its commitment.');
  if (lobby !== null) console.log(`The digest matches the lobby of ${lobby.length} buyers.`);
  if (joinIndex !== null && joinIndex <= lobbySize && lobbySize > 0) {
    const number = await findNumber(await hmac(toBytes(seed), toBytes(digest)), joinIndex, lobbySize);
    console.log(`Join index ${joinIndex} of ${lobbySize} drew number ${number}.`);
  }
  return [];
}

function readProof(file: string): Proof {
  return JSON.parse(readFileSync(file, 'utf8')) as Proof;
}

/** Event IDs are base64 of `Event:<number>`. */
function readEventNumber(id: string): number {
  return Number(atob(id).split(':')[1]);
}

await runCommand(async () => {
  const options = {
    proof: { type: 'string' },
    lobby: { type: 'string' },
    event: { type: 'string' },
  } as const;
  const { values } = readArguments('verify-draw', { options });
  if (values.proof === undefined) throw new UsageError('verify-draw', '--proof is missing.');
  if (values.lobby !== undefined && values.event === undefined)
    throw new UsageError('verify-draw', '--lobby needs --event.');
  const lobby =
    values.lobby === undefined ? null : readFileSync(values.lobby, 'utf8').split('\n').filter(Boolean);
  const eventNumber = values.event === undefined ? 0 : readEventNumber(values.event);
  const problems = await verify(readProof(values.proof), eventNumber, lobby);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
});
