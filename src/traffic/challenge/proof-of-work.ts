import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Cache } from '../../platform/cache.ts';
import type { Challenge } from '../../platform/errors.ts';
import type { Redis } from '../../platform/redis/redis.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import type { ChallengeBearer, ChallengeProvider } from './challenge-provider.ts';

/** Time to solve a challenge. A slow phone needs seconds. */
const CHALLENGE_TTL_MS = 120_000;
const TIMEOUT_MS = 100;
/** Used challenges in memory while Redis is unavailable. */
const USED_KEPT_MAX = 50_000;
/** Difficulty, expiry in seconds, and random bytes. */
const PAYLOAD_BYTES = 1 + 4 + 11;
const MAC_BYTES = 16;
const TOKEN_BYTES = PAYLOAD_BYTES + MAC_BYTES;
/** A token, a dot, and a decimal counter without leading zeros. */
const solutionPattern = /^(?<token>[\w-]{43})\.(?:0|[1-9]\d{0,15})$/;

interface ProofOfWorkOptions {
  readonly secret: string;
  readonly difficultyBits: number;
  readonly redis: Redis;
  readonly clock: { nowMs(): number };
}

/**
 * Challenges that cost the client some 2^difficulty hashes, and the server two. A challenge is signed and bound to a buyer and an
 * event, so that nothing is stored until it is solved; then Redis remembers that it was used. docs/anti-probing.md has
 * the algorithm for clients.
 */
export class ProofOfWork implements ChallengeProvider {
  readonly #key: Buffer;
  readonly #options: ProofOfWorkOptions;
  readonly #usedHere = new Cache<string, true>({ entriesMax: USED_KEPT_MAX, ttlMs: CHALLENGE_TTL_MS });

  constructor(options: ProofOfWorkOptions) {
    this.#options = options;
    this.#key = Buffer.from(hkdfSync('sha256', options.secret, '', 'sellout challenge', 32));
  }

  issue(bearer: ChallengeBearer): Challenge {
    const { difficultyBits, clock } = this.#options;
    const expiresAtSeconds = Math.floor((clock.nowMs() + CHALLENGE_TTL_MS) / 1000);
    const payload = Buffer.alloc(PAYLOAD_BYTES);
    payload.writeUInt8(difficultyBits, 0);
    payload.writeUInt32BE(expiresAtSeconds, 1);
    randomBytes(PAYLOAD_BYTES - 5).copy(payload, 5);
    const token = Buffer.concat([payload, this.#sign(payload, bearer)]).toString('base64url');
    return {
      kind: 'PROOF_OF_WORK',
      token,
      difficultyBits,
      expiresAt: new Date(expiresAtSeconds * 1000),
    };
  }

  async verify(bearer: ChallengeBearer, solution: string): Promise<boolean> {
    const token = solutionPattern.exec(solution)?.groups?.['token'];
    if (token === undefined) return false;
    const bytes = Buffer.from(token, 'base64url');
    // Several texts may stand for the same bytes: only one of them is a token.
    if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) return false; // guard: one-text-per-challenge
    const payload = bytes.subarray(0, PAYLOAD_BYTES);
    // guard: challenge-signature
    if (!timingSafeEqual(bytes.subarray(PAYLOAD_BYTES), this.#sign(payload, bearer))) return false;
    const ttlMs = payload.readUInt32BE(1) * 1000 - this.#options.clock.nowMs();
    if (ttlMs <= 0) return false; // guard: challenge-expiry
    if (countLeadingZeros(solution) < payload.readUInt8(0)) return false; // guard: challenge-difficulty
    return this.#use(bearer.eventId, token, Math.ceil(ttlMs));
  }

  #sign(payload: Buffer, { eventId, identity }: ChallengeBearer): Buffer {
    const mac = createHmac('sha256', this.#key).update(payload);
    return mac.update(`${eventId} ${identity}`).digest().subarray(0, MAC_BYTES); // guard: challenge-bound-to-bearer
  }

  /** Returns whether the challenge was not used before. Without Redis, only this process knows. */
  async #use(eventId: number, token: string, ttlMs: number): Promise<boolean> {
    if (this.#usedHere.has(token)) return false; // guard: challenge-used-once-here
    this.#usedHere.set(token, true);
    try {
      const key = `event:{${eventId}}:challenge:${token}`;
      const set = this.#options.redis.set(key, '', 'PX', ttlMs, 'NX');
      return (await withTimeout(set, TIMEOUT_MS, 'the used challenges in Redis')) !== null; // guard: challenge-used-once
    } catch {
      return true; // guard: challenge-without-redis
    }
  }
}

function countLeadingZeros(solution: string): number {
  const hash = createHash('sha256').update(solution).digest();
  return Math.clz32(hash.readUInt32BE(0));
}
