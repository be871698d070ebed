import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { RateLimitQuotas } from '../../../src/platform/config/rate-limits.ts';
import type { RateLimitedError } from '../../../src/platform/errors.ts';
import { connectRedis, type Redis, type RedisAddress } from '../../../src/platform/redis/redis.ts';
import { Challenges } from '../../../src/traffic/challenge/challenges.ts';
import { ProofOfWork } from '../../../src/traffic/challenge/proof-of-work.ts';
import { RateLimits, type LimitedCall } from '../../../src/traffic/rate-limits.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';

/** Quotas so high that no test reaches them by accident. */
const high = { buyer: 100_000, address: 200_000, network: 400_000 };

const highQuotas: RateLimitQuotas = {
  guests: { ...high, buyer: null },
  holds: high,
  changes: high,
  reads: high,
  subscriptions: high,
  calls: { ...high, buyer: null },
  heldSeats: { ...high, buyer: null },
};

type TestCall = LimitedCall & { readonly buyerId: string | null };

interface ProcessOptions {
  readonly antiProbing?: boolean;
  /** Absent: there are no challenges. */
  readonly difficultyBits?: number | undefined;
}

/** A clock that only the test moves. */
export class ManualClock {
  #nowMs = 1_800_000_000_000;

  nowMs(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

/** A process with rate limits, without the rest of an API process. */
export class LimitedProcess implements AsyncDisposable {
  readonly redis: Redis;
  readonly limits: RateLimits;
  /** Log lines at level warn and above. */
  readonly log: Record<string, unknown>[] = [];

  private constructor(
    address: RedisAddress,
    quotas: Partial<RateLimitQuotas>,
    clock: ManualClock,
    { difficultyBits, ...options }: ProcessOptions,
  ) {
    this.redis = connectRedis(address, 'limits', silent);
    const out = new Writable({
      write: (line: Buffer, _encoding, done) => {
        this.log.push(JSON.parse(line.toString()) as Record<string, unknown>);
        done();
      },
    });
    const logger = pino({ level: 'warn' }, out);
    const challenges =
      difficultyBits === undefined
        ? null
        : new Challenges(
            new ProofOfWork({ secret: 'a secret', difficultyBits, redis: this.redis, clock }),
            false,
          );
    this.limits = new RateLimits(
      { ...highQuotas, ...quotas },
      { secret: 'a secret', holdTtlMs: 300_000, challenges, ...options },
      {
        redis: this.redis,
        clock,
        logger,
      },
    );
  }

  static async start(
    address: RedisAddress,
    quotas: Partial<RateLimitQuotas>,
    clock: ManualClock,
    options: ProcessOptions = {},
  ): Promise<LimitedProcess> {
    const started = new LimitedProcess(address, quotas, clock, options);
    await eventually('a connection to Redis', () => started.redis.status === 'ready');
    return started;
  }

  /** Makes calls at the same time, each in a request of its own. Returns the number that were admitted. */
  async count(calls: number, address: string, call: Partial<TestCall> = {}): Promise<number> {
    const results = await Promise.all(Array.from({ length: calls }, () => this.try(address, call)));
    return results.filter((result) => result === null).length;
  }

  /** Makes one call. Returns null if it was admitted, or else the number of seconds to wait. */
  async try(address: string, { buyerId = null, ...call }: Partial<TestCall> = {}): Promise<number | null> {
    try {
      const budget = this.limits.open(address);
      budget.identify(buyerId);
      await budget.spend({ operation: 'holdSeats', group: 'holds', eventId: 7, ...call });
      return null;
    } catch (error) {
      return (error as RateLimitedError).retryAfterSeconds;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.limits.close();
    this.redis.disconnect();
  }
}
