import type { Outcome, Problem } from './problem.ts';

/**
 * Sends a request. If the server offers a challenge instead of an answer, solves it and sends the request once more with the
 * solution. The second answer is final.
 */
export async function sendWithSolution<T>(
  send: (challengeSolution: string | null) => Promise<Outcome<T>>,
  onChallenge: (problem: Problem) => void,
): Promise<Outcome<T>> {
  const outcome = await send(null);
  if (outcome.ok || outcome.problem.kind !== 'api') return outcome;
  const { error } = outcome.problem;
  const challenge = 'challenge' in error ? error.challenge : null;
  if (challenge === null || challenge.difficultyBits === null) return outcome;
  onChallenge(outcome.problem);
  return send(await solveProofOfWork(challenge.token, challenge.difficultyBits));
}

/** Hashes between which the page can react to the buyer. */
const HASHES_AT_ONCE = 500;

/** Tries counters until a hash has enough leading zero bits. The page stays usable meanwhile. */
async function solveProofOfWork(token: string, difficultyBits: number): Promise<string> {
  const hash = await getHash();
  const encoder = new TextEncoder();
  for (let counter = 0; ; counter++) {
    const solution = `${token}.${counter}`;
    const { buffer } = await hash(encoder.encode(solution));
    if (Math.clz32(new DataView(buffer).getUint32(0)) >= difficultyBits) return solution;
    if (counter % HASHES_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
  }
}

type Hash = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array> | Uint8Array;

/** Returns SHA-256. Browsers have it only for pages that came over HTTPS or from this machine; the others load it. */
async function getHash(): Promise<Hash> {
  if (!('subtle' in crypto)) return (await import('@noble/hashes/sha2.js')).sha256;
  return async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
