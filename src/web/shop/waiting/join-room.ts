import { JoinWaitingRoomDocument, type JoinWaitingRoomMutation } from '../api/operations/waiting-room.ts';
import type { Outcome, Problem } from '../api/problem.ts';
import { sendWithSolution } from '../api/solve-challenge.ts';
import { submit, type Success } from '../api/submit.ts';

/** Joins a waiting room. If the server requires it, solves a challenge and joins with its solution. */
export function joinRoom(
  eventId: string,
  placeToken: string | null,
  onChallenge: (problem: Problem) => void,
): Promise<Outcome<Success<JoinWaitingRoomMutation>>> {
  return sendWithSolution(
    (challengeSolution) => submit(JoinWaitingRoomDocument, { eventId, placeToken, challengeSolution }),
    onChallenge,
  );
}
