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
  // Browsers hash only for pages that came over HTTPS or from this machine. The others wait as long as the refusal says.
  if (!('subtle' in crypto)) return outcome;
  onChallenge(outcome.problem);
  return send(await solveProofOfWork(challenge.token, challenge.difficultyBits));
}

/** Tries counters until a hash has enough leading zero bits. The page stays usable, because each hash is computed beside it. */
async function solveProofOfWork(token: string, difficultyBits: number): Promise<string> {
  const encoder = new TextEncoder();
  for (let counter = 0; ; counter++) {
    const solution = `${token}.${counter}`;
    const hash = await crypto.subtle.digest('SHA-256', encoder.encode(solution));
    if (Math.clz32(new DataView(hash).getUint32(0)) >= difficultyBits) return solution;
  }
}
