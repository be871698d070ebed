import { randomBytes } from 'node:crypto';
import { RateLimitedError } from '../platform/errors.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { Redis } from '../platform/redis/redis.ts';
import { LocalBuckets, type Charge } from './buckets.ts';
import type { ClientKeys } from './client-keys.ts';
import { createPolicy, type Policy } from './policies.ts';
import type { RefusalLog } from './refusal-log.ts';
import { formatSeats, parseSeats, SharedSeats, type ReservedSeats } from './shared-seats.ts';

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

/** Seats that a client wants to hold. */
export interface WantedSeats {
  readonly eventId: number;
  readonly count: number;
  /** The name of the root field. */
  readonly operation: string;
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
  readonly #shared: SharedSeats;
  readonly #policies: readonly [Policy, Policy];
  readonly #insurance = new LocalBuckets(KEYS_KEPT_MAX);
  /** Makes the IDs of reservations differ from those of other processes. */
  readonly #idPrefix = randomBytes(9).toString('base64url');
  #reservations = 0;

  constructor(options: HeldSeatsOptions) {
    const { seatsMax, holdTtlMs, redis } = options;
    this.#options = options;
    this.#shared = new SharedSeats(redis, options);
    const windowSeconds = Math.max(1, Math.ceil(holdTtlMs / 1000));
    this.#policies = [
      createPolicy('held-seats-address', 'address', seatsMax.address, windowSeconds),
      createPolicy('held-seats-network', 'network', seatsMax.network, windowSeconds),
    ];
  }

  /**
   * Reserves seats if none of the keys in `against` exists in Redis.
   *
   * @returns null if one of them exists, or if Redis does not answer. Then nothing is decided.
   * @throws {RateLimitedError} if the address or the network would hold too many seats.
   */
  async reserveUnless(
    against: readonly string[],
    client: ClientKeys,
    wanted: WantedSeats,
  ): Promise<SeatReservation | null> {
    const { eventId, count } = wanted;
    if (!this.#shared.canReserve(eventId)) return null;
    const charges = this.#toCharges(client, eventId);
    const sets = [charges[0].key, charges[1].key] as const;
    const seats = { sets, id: `${this.#idPrefix}${(++this.#reservations).toString(36)}`, count };
    const nowMs = Math.round(this.#options.clock.nowMs());
    let reserved;
    try {
      reserved = await this.#shared.reserve(eventId, { ...seats, against });
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'held seats: no answer of Redis');
      return null;
    }
    const { refused, freeAtMs, held } = reserved;
    if (refused < 0) return null;
    // guard: seats-in-redis-count-without-it
    const fullAtUs = charges.map(({ policy }, i) => nowMs * 1000 + (held[i] ?? 0) * policy.intervalUs);
    this.#insurance.follow(charges, fullAtUs);
    if (refused > 0) throw this.#refuse(charges, refused - 1, wanted, freeAtMs - nowMs);
    return this.#toReservation(seats);
  }

  /** @throws {RateLimitedError} if the address or the network would hold too many seats. */
  async reserve(client: ClientKeys, wanted: WantedSeats): Promise<SeatReservation> {
    return (await this.reserveUnless([], client, wanted)) ?? this.#reserveLocally(client, wanted);
  }

  /** Follows a change of a booking without new seats: an extension, a confirmation or a release. */
  follow(booking: HeldBooking): void {
    this.#run(async () => {
      const { redis } = this.#options;
      const key = toBookingKey(booking);
      if (booking.status === 'HOLD') {
        const stored = await redis.get(key);
        if (stored !== null && stored !== ENDED) await this.#keepUntil(parseSeats(stored), booking);
        return;
      }
      // A process that has just created or changed the hold may count its seats only after this. It finds the mark.
      const stored = await redis.set(key, ENDED, 'PX', ENDED_TTL_MS, 'GET'); // guard: ended-before-counted
      if (stored === null || stored === ENDED) return;
      await this.#shared.giveBack(parseSeats(stored)); // guard: freed-seats-given-back
    });
  }

  /** Returns the reservation of a token. */
  restore(token: string): SeatReservation {
    return this.#toReservation(parseSeats(token));
  }

  #toReservation(reserved: ReservedSeats): SeatReservation {
    const giveBack = () => this.#shared.giveBack(reserved);
    return {
      token: formatSeats(reserved),
      settle: (booking) =>
        this.#run(async () => {
          if (booking.status !== 'HOLD') return giveBack();
          const [bookingKey, ttlMs] = [toBookingKey(booking), this.#ttlOf(booking)];
          return this.#shared.settle({
            reserved,
            bookingKey,
            ttlMs,
            holdExpiresAtMs: booking.holdExpiresAtMs,
          });
        }),
      replace: (booking) => this.#run(() => this.#replace(booking, reserved)),
      giveBack: () => this.#run(giveBack), // guard: refused-seats-given-back
    };
  }

  async #replace(booking: HeldBooking, reserved: ReservedSeats): Promise<void> {
    const { redis } = this.#options;
    const key = toBookingKey(booking);
    const former = await redis.set(key, formatSeats(reserved), 'PX', this.#ttlOf(booking), 'GET');
    if (former === ENDED) {
      await redis.set(key, ENDED, 'PX', ENDED_TTL_MS);
      await this.#shared.giveBack(reserved); // guard: ended-before-replaced
      return;
    }
    await this.#keepUntil(reserved, booking);
    if (former === null) return;
    await this.#shared.giveBack(parseSeats(former)); // guard: replaced-seats-given-back
  }

  /** Counts seats until the deadline of their hold. Seats that are no longer counted stay so. */
  async #keepUntil({ sets, id, count }: ReservedSeats, booking: HeldBooking): Promise<void> {
    const ttl = this.#ttlOf(booking);
    const scores = Array.from({ length: count }, (_, i) => [booking.holdExpiresAtMs, `${id}:${i + 1}`]);
    const commands = this.#options.redis.pipeline();
    for (const key of sets) {
      commands.zadd(key, 'XX', ...scores.flat());
      commands.pexpire(key, ttl, 'GT');
    }
    await commands.pexpire(toBookingKey(booking), ttl).exec();
  }

  #ttlOf({ holdExpiresAtMs }: HeldBooking): number {
    return Math.max(1, Math.ceil(holdExpiresAtMs - this.#options.clock.nowMs()));
  }

  /** Runs an update in the background. If it fails, the seats count until their reservation ends. */
  #run(update: () => Promise<void>): void {
    update().catch((error: unknown) => this.#options.logger.debug({ err: error }, 'held seats not updated'));
  }

  #reserveLocally(client: ClientKeys, wanted: WantedSeats): SeatReservation {
    metrics.rateLimitsWithoutRedis.inc();
    const charges = this.#toCharges(client, wanted.eventId);
    const nowUs = Math.round(this.#options.clock.nowMs()) * 1000;
    for (let seat = 0; seat < wanted.count; seat++) {
      const { refused } = this.#insurance.take(charges, nowUs);
      // guard: held-seats-without-redis
      if (refused !== null) throw this.#refuse(charges, refused, wanted, this.#options.holdTtlMs);
    }
    return { token: null, settle: () => undefined, replace: () => undefined, giveBack: () => undefined };
  }

  #toCharges({ address, network }: ClientKeys, eventId: number): readonly [Charge, Charge] {
    const prefix = `event:{${eventId}}:held:`;
    const [ofAddress, ofNetwork] = this.#policies;
    return [
      { key: `${prefix}address:${address}`, policy: ofAddress },
      { key: `${prefix}network:${network}`, policy: ofNetwork },
    ];
  }

  #refuse(
    charges: readonly [Charge, Charge],
    index: number,
    { operation }: WantedSeats,
    waitMs: number,
  ): RateLimitedError {
    const { key, policy } = index === 0 ? charges[0] : charges[1];
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    this.#options.refusals.add({ limit: policy.name, operation, key, retryAfterSeconds });
    return new RateLimitedError(retryAfterSeconds);
  }
}

/** Returns the key that says where the seats of a booking are counted. */
function toBookingKey({ eventId, id }: HeldBooking): string {
  return `event:{${eventId}}:held:booking:${id}`;
}

/** Returns the client whose seats a token reserves. */
export function parseClient(token: string): ClientKeys {
  const [address, network] = parseSeats(token).sets;
  return { address: toHash(address), network: toHash(network) };
}

function toHash(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1);
}
