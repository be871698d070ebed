import { ChallengeRequiredError, type Challenge } from '../../platform/errors.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import type { ChallengeBearer, ChallengeProvider } from './challenge-provider.ts';

/** The challenges of a server, and what a solution is good for. */
export class Challenges {
  readonly #provider: ChallengeProvider;
  readonly #isRequiredToJoin: boolean;

  constructor(provider: ChallengeProvider, isRequiredToJoin: boolean) {
    this.#provider = provider;
    this.#isRequiredToJoin = isRequiredToJoin;
  }

  issue(bearer: ChallengeBearer): Challenge {
    metrics.challenges.inc({ outcome: 'issued' });
    return this.#provider.issue(bearer);
  }

  /** Marks a solution as used. Returns false if it is missing, wrong, expired or already used. */
  async isSolved(bearer: ChallengeBearer, solution: string | null): Promise<boolean> {
    if (solution === null) return false;
    const isRight = await this.#provider.verify(bearer, solution);
    metrics.challenges.inc({ outcome: isRight ? 'solved' : 'failed' });
    return isRight;
  }

  /** @throws {ChallengeRequiredError} if waiting rooms require a solution and this one is missing or invalid. */
  async requireToJoin(bearer: ChallengeBearer, solution: string | null): Promise<void> {
    // guard: join-needs-solution
    if (this.#isRequiredToJoin && !(await this.isSolved(bearer, solution)))
      throw new ChallengeRequiredError(this.issue(bearer), solution !== null);
  }
}
