import type { Config } from '../platform/config/config.ts';
import { Challenges } from '../traffic/challenge/challenges.ts';
import { ProofOfWork } from '../traffic/challenge/proof-of-work.ts';
import { RateLimits, type RateLimitServices } from '../traffic/rate-limits.ts';

type RateLimitConfig = Pick<Config, 'rateLimits' | 'auth' | 'holdTtlMs' | 'antiProbing' | 'challenges'>;

/** Creates the rate limits of the configuration, with the rules against probing; null if they are off. */
export function createRateLimits(
  { rateLimits, auth: { secret }, holdTtlMs, antiProbing, challenges }: RateLimitConfig,
  services: RateLimitServices,
): RateLimits | null {
  if (rateLimits === null) return null; // guard: limits-switch
  const options = { secret, holdTtlMs, antiProbing };
  if (challenges === null) return new RateLimits(rateLimits, options, services);
  const { difficultyBits, isRequiredToJoin } = challenges;
  const provider = new ProofOfWork({ secret, difficultyBits, ...services });
  return new RateLimits(
    rateLimits,
    { ...options, challenges: new Challenges(provider, isRequiredToJoin) },
    services,
  );
}
