import { randomBytes } from 'node:crypto';
import { RateLimitedError } from '../platform/errors.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { loadLua, type LuaScript } from '../platform/redis/lua.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { Redis } from '../platform/redis/redis.ts';
import { withResponseTimeout } from '../platform/with-timeout.ts';
import { LocalBuckets, type Charge } from './buckets.ts';
import type { ClientKeys } from './client-keys.ts';
import { createPolicy, type Policy } from './policies.ts';
import type { RefusalLog } from './refusal-log.ts';

const TIMEOUT_MS = 100;
const KEYS_KEPT_MAX = 50_000;
/** Value of a booking's key after the booking has ended, for the time in which a slow process may still count its seats. */
const ENDED = 'ended';
const ENDED_TTL_MS = 60_000;

/** A booking as far as its seats count. */
export interface HeldBooking {
  readonly eventId: number;
  readonly id: string;
  readonly status: string;
  readonly holdExpiresAtMs: number;
}

interface HeldSeatsOptions {
  /** Unconfirmed seats of one event that an address and a network may have. */
  readonly seatsMax: { readonly address: number; readonly network: number };
  readonly holdTtlMs: number;
  readonly redis: Redis;
  readonly clock: { nowMs(): number };
  readonly refusals: RefusalLog;
  readonly logger: Logger;
}

/** Seats that are reserved for a hold which is being tried. */
export interface SeatReservation {
  /** Restores the reservation in another process. Null without Redis: then there is nothing to restore. */
  readonly token: string | null;
  /** Counts the seats until the hold's deadline. A repeated response to an idempotency key counts once. */
  settle(booking: HeldBooking): void;
  /** Replaces the seats of a booking, whose former seats count no more. */
  replace(booking: HeldBooking): void;
  /** Counts the seats no more, because the hold was refused. */
  giveBack(): void;
}

/**
 * Limits the unconfirmed seats of each address and network, per event. The seats are reserved in Redis before a hold is
 * tried, in one script, so that concurrent holds cannot exceed the limit. They count until the hold is confirmed or
 * released, or its deadline passes. While Redis is unavailable, each process applies the limits to the seats that it last knew
 * of and those that it lets an address hold meanwhile. It gives back as many as the limit per hold time.
 */
export class HeldSeats {
  readonly #options: HeldSeatsOptions;
  readonly #reserveSeats: LuaScript;
  readonly #policies: readonly [Policy, Policy];
  readonly #insurance = new LocalBuckets(KEYS_KEPT_MAX);

  constructor(options: HeldSeatsOptions) {
    const { seatsMax, holdTtlMs, redis } = options;
    this.#options = options;
    this.#reserveSeats = loadLua(redis, new URL('reserveSeats-2.lua', import.meta.url));
    const windowSeconds = Math.max(1, Math.ceil(holdTtlMs / 1000));
    this.#policies = [
      createPolicy('held-seats-address', 'address', seatsMax.address, windowSeconds),
      createPolicy('held-seats-network', 'network', seatsMax.network, windowSeconds),
    ];
  }

  /** @throws {RateLimitedError} if the address or the network would hold too many seats. */
  async reserve(
    { address, network }: ClientKeys,
    eventId: number,
    count: number,
    operation: string,
  ): Promise<SeatReservation> {
    const { clock, redis, holdTtlMs, seatsMax, logger } = this.#options;
    const keys = [heldKey(eventId, 'address', address), heldKey(eventId, 'network', network)] as const;
    const id = randomBytes(9).toString('base64url');
    const nowMs = Math.round(clock.nowMs());
    const charges = keys.map((key, i) => ({ key, policy: this.#policies[i === 0 ? 0 : 1] }));
    if (redis.status !== 'ready') return this.#reserveLocally(charges, count, operation, nowMs);
    let full: number;
    let freeAtMs: number;
    let held: readonly number[];
    try {
      const args = [nowMs, nowMs + holdTtlMs, id, count, seatsMax.address, seatsMax.network];
      const script = this.#reserveSeats(keys, args);
      const output = await withResponseTimeout(script, TIMEOUT_MS, 'the seats in Redis');
      [full, freeAtMs, ...held] = output as [number, number, ...number[]];
    } catch (error) {
      logger.debug({ err: error }, 'held seats: no answer of Redis');
      return this.#reserveLocally(charges, count, operation, nowMs);
    }
    // guard: seats-in-redis-count-without-it
    this.#insurance.follow(
      charges,
      charges.map(({ policy }, i) => nowMs * 1000 + (held[i] ?? 0) * policy.intervalUs),
    );
    if (full > 0) throw this.#refuse(full - 1, keys, operation, freeAtMs - nowMs);
    return this.restore([...keys, id, count].join(' '));
  }

  /** Follows a change of a booking without new seats: an extension, a confirmation or a release. */
  follow(booking: HeldBooking): void {
    this.#run(async () => {
      const { redis } = this.#options;
      const key = bookingKey(booking);
      if (booking.status === 'HOLD') {
        const stored = await redis.get(key);
        if (stored !== null && stored !== ENDED) await this.#keepUntil(parseStored(stored), booking);
        return;
      }
      // A process that has just created or changed the hold may count its seats only after this. It finds the mark.
      const stored = await redis.set(key, ENDED, 'PX', ENDED_TTL_MS, 'GET'); // guard: ended-before-counted
      if (stored === null || stored === ENDED) return;
      const { keys, members } = parseStored(stored);
      // guard: freed-seats-given-back
      await this.#remove(keys, members);
    });
  }

  /** Returns the reservation of a token. */
  restore(stored: string): SeatReservation {
    const reserved = parseStored(stored);
    const giveBack = () => this.#remove(reserved.keys, reserved.members);
    const { redis } = this.#options;
    return {
      token: stored,
      settle: (booking) =>
        this.#run(async () => {
          const ttl = this.#ttlOf(booking);
          const isNew =
            booking.status === 'HOLD' &&
            (await redis.set(bookingKey(booking), stored, 'PX', ttl, 'NX')) !== null;
          // guard: repeated-hold-counts-once
          if (!isNew) return giveBack();
          await this.#keepUntil(reserved, booking);
        }),
      replace: (booking) =>
        this.#run(async () => {
          const key = bookingKey(booking);
          const former = await redis.set(key, stored, 'PX', this.#ttlOf(booking), 'GET');
          if (former === ENDED) {
            await redis.set(key, ENDED, 'PX', ENDED_TTL_MS);
            return giveBack(); // guard: ended-before-replaced
          }
          await this.#keepUntil(reserved, booking);
          if (former === null) return;
          const old = parseStored(former);
          await this.#remove(old.keys, old.members); // guard: replaced-seats-given-back
        }),
      giveBack: () => this.#run(giveBack), // guard: refused-seats-given-back
    };
  }

  /** Counts seats until the deadline of their hold. Seats that are no longer counted stay so. */
  async #keepUntil({ keys, members }: Stored, booking: HeldBooking): Promise<void> {
    const ttl = this.#ttlOf(booking);
    const commands = this.#options.redis.pipeline();
    for (const key of keys) {
      commands.zadd(key, 'XX', ...members.flatMap((member) => [booking.holdExpiresAtMs, member]));
      commands.pexpire(key, ttl, 'GT');
    }
    await commands.pexpire(bookingKey(booking), ttl).exec();
  }

  async #remove(keys: readonly string[], members: readonly string[]): Promise<void> {
    const commands = this.#options.redis.pipeline();
    for (const key of keys) commands.zrem(key, ...members);
    await commands.exec();
  }

  #ttlOf({ holdExpiresAtMs }: HeldBooking): number {
    return Math.max(1, Math.ceil(holdExpiresAtMs - this.#options.clock.nowMs()));
  }

  /** Runs an update in the background. If it fails, the seats count until their reservation ends. */
  #run(update: () => Promise<void>): void {
    update().catch((error: unknown) => this.#options.logger.debug({ err: error }, 'held seats not updated'));
  }

  #reserveLocally(
    charges: readonly Charge[],
    count: number,
    operation: string,
    nowMs: number,
  ): SeatReservation {
    metrics.rateLimitsWithoutRedis.inc();
    const keys = charges.map(({ key }) => key);
    for (let seat = 0; seat < count; seat++) {
      const { refused } = this.#insurance.take(charges, nowMs * 1000);
      // guard: held-seats-without-redis
      if (refused !== null) throw this.#refuse(refused, keys, operation, this.#options.holdTtlMs);
    }
    return { token: null, settle: () => undefined, replace: () => undefined, giveBack: () => undefined };
  }

  #refuse(index: number, keys: readonly string[], operation: string, waitMs: number): RateLimitedError {
    const limit = (index === 0 ? this.#policies[0] : this.#policies[1]).name;
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    this.#options.refusals.add({ limit, operation, key: keys[index] ?? '', retryAfterSeconds });
    return new RateLimitedError(retryAfterSeconds);
  }
}

function heldKey(eventId: number, scope: 'address' | 'network', hash: string): string {
  return `event:{${eventId}}:held:${scope}:${hash}`;
}

/** The key that says where the seats of a booking are counted. */
function bookingKey({ eventId, id }: HeldBooking): string {
  return `event:{${eventId}}:held:booking:${id}`;
}

/** Returns the client whose seats a token reserves. */
export function parseClient(token: string): ClientKeys {
  const [address = '', network = ''] = parseStored(token).keys.map((key) =>
    key.slice(key.lastIndexOf(':') + 1),
  );
  return { address, network };
}

function toMembers(id: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${id}:${i + 1}`);
}

interface Stored {
  readonly keys: readonly string[];
  readonly members: readonly string[];
}

function parseStored(stored: string): Stored {
  const [address = '', network = '', id = '', count = '0'] = stored.split(' ');
  return { keys: [address, network], members: toMembers(id, Number(count)) };
}
