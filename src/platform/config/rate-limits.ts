import { z } from 'zod';

/** Number of calls that one buyer, one address and one network may make per window. */
interface Quotas {
  /** Null if the calls have no buyer yet. */
  readonly buyer: number | null;
  readonly address: number;
  readonly network: number;
}

/** The quotas of each group of operations. `calls` counts everything, in this process alone. */
export interface RateLimitQuotas {
  readonly guests: Quotas;
  readonly holds: Quotas;
  readonly changes: Quotas;
  readonly reads: Quotas;
  readonly subscriptions: Quotas;
  readonly calls: Quotas;
  /** Unconfirmed seats of one event: a number at one time, not per window. */
  readonly heldSeats: Quotas;
}

/** What clients are given to solve, and for what. */
export interface ChallengeConfig {
  /** Leading zero bits that the hash of a solution needs: each one doubles the work. */
  readonly difficultyBits: number;
  /** True if joining a waiting room requires a solution. */
  readonly isRequiredToJoin: boolean;
}

const QUOTA_MAX = 1_000_000;

/** Parses numbers that are separated by commas, such as `10,120,600`. Each must be at least as large as the one before. */
function quotas(count: 2 | 3) {
  const scopes = count === 3 ? 'one buyer, one address and one network' : 'one address and one network';
  const message = `must be ${count} integers from 1 to ${QUOTA_MAX} in ascending order, separated by commas, for ${scopes}`;
  const parse = (text: string) => text.split(',').map((part) => Number(part.trim()));
  const isValid = (numbers: readonly number[]) =>
    numbers.length === count &&
    numbers.every((n, i) => Number.isInteger(n) && n >= (numbers[i - 1] ?? 1) && n <= QUOTA_MAX);
  return z
    .string()
    .refine((text) => isValid(parse(text)), { message })
    .transform((text): Quotas => {
      const numbers = parse(text);
      const [network = 1, address = 1, buyer = null] = numbers.reverse();
      return { buyer, address, network };
    });
}

/** The settings of rate limits. */
export const rateLimitEnvironment = {
  RATE_LIMITS: z.enum(['on', 'off']).default('on'),
  ANTI_PROBING: z.enum(['on', 'off']).default('on'),
  CHALLENGE: z.enum(['off', 'proof-of-work']).default('off'),
  CHALLENGE_DIFFICULTY_BITS: z.coerce.number().int().min(8).max(28).default(16),
  CHALLENGE_TO_JOIN: z.enum(['on', 'off']).default('off'),
  RATE_LIMIT_GUESTS: quotas(2).prefault('60,600'),
  RATE_LIMIT_HOLDS: quotas(3).prefault('10,120,600'),
  RATE_LIMIT_CHANGES: quotas(3).prefault('20,240,1200'),
  RATE_LIMIT_READS: quotas(3).prefault('100,600,3000'),
  RATE_LIMIT_SUBSCRIPTIONS: quotas(3).prefault('30,300,1500'),
  RATE_LIMIT_CALLS: quotas(2).prefault('2000,10000'),
  RATE_LIMIT_HELD_SEATS: quotas(2).prefault('120,600'),
};

type RateLimitEnvironment = z.infer<z.ZodObject<typeof rateLimitEnvironment>>;

/** Returns the quotas; null if rate limits are off. */
export function toRateLimits(env: RateLimitEnvironment): RateLimitQuotas | null {
  if (env.RATE_LIMITS === 'off') return null;
  return {
    guests: env.RATE_LIMIT_GUESTS,
    holds: env.RATE_LIMIT_HOLDS,
    changes: env.RATE_LIMIT_CHANGES,
    reads: env.RATE_LIMIT_READS,
    subscriptions: env.RATE_LIMIT_SUBSCRIPTIONS,
    calls: env.RATE_LIMIT_CALLS,
    heldSeats: env.RATE_LIMIT_HELD_SEATS,
  };
}

/** Returns null if challenges are off. */
export function toChallenges(env: RateLimitEnvironment): ChallengeConfig | null {
  if (env.CHALLENGE === 'off') return null;
  return { difficultyBits: env.CHALLENGE_DIFFICULTY_BITS, isRequiredToJoin: env.CHALLENGE_TO_JOIN === 'on' };
}
