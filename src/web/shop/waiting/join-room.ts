import {
  JoinWaitingRoomDocument,
  type JoinWaitingRoomMutation,
  type JoinWaitingRoomMutationVariables,
} from '../api/operations.ts';
import type { Outcome, Problem } from '../api/problem.ts';
import { submit, type Success } from '../api/submit.ts';

type Joined = Outcome<Success<JoinWaitingRoomMutation>>;

/** Joins a waiting room. If the server requires it, solves a challenge and joins with its solution. */
export async function joinRoom(
  eventId: string,
  placeToken: string | null,
  onChallenge: (problem: Problem) => void,
): Promise<Joined> {
  const variables: JoinWaitingRoomMutationVariables = { eventId, placeToken };
  const outcome = await submit(JoinWaitingRoomDocument, variables);
  if (outcome.ok || outcome.problem.kind !== 'api') return outcome;
  const { error } = outcome.problem;
  const challenge = 'challenge' in error ? error.challenge : null;
  if (challenge === null || challenge.difficultyBits === null) return outcome;
  onChallenge(outcome.problem);
  const challengeSolution = await solveProofOfWork(challenge.token, challenge.difficultyBits);
  return submit(JoinWaitingRoomDocument, { ...variables, challengeSolution });
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
