import type { Challenge } from '../../platform/errors.ts';

/** The buyer and the event that a challenge is for. Its solution is worth nothing to others. */
export interface ChallengeBearer {
  readonly eventId: number;
  /** The key of an identity. */
  readonly identity: string;
}

/** Issues challenges, and verifies their solutions. */
export interface ChallengeProvider {
  issue(bearer: ChallengeBearer): Challenge;
  /** Returns whether the solution is right and was not used before. Never rejects. */
  verify(bearer: ChallengeBearer, solution: string): Promise<boolean>;
}
