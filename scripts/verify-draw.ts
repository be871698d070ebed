// `npm run verify-draw -- --proof FILE [--lobby FILE --event ID]`: recomputes the draw of a waiting room from its published
// proof, with code that is independent of the server.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { chainLobby, findNumber, hmac, sha256, toBytes, toHex, type Proof } from './draw/recompute-draw.ts';
import { readArguments, runCommand, UsageError } from './local/command.ts';

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

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const proofFile = z.object({
  commitment: hex,
  digest: hex.nullable(),
  lobbySize: z.number().int().nullable(),
  seed: hex.nullable(),
  joinIndex: z.number().int().nullable(),
});

function readProof(file: string): Proof {
  const { success, data } = proofFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (success) return data;
  const fields = Object.keys(proofFile.shape).join(', ');
  throw new UsageError(
    'verify-draw',
    `--proof must contain only the object waitingRoomProof, with ${fields}.`,
  );
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
