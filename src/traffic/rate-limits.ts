import type { RateLimitQuotas } from '../platform/config/rate-limits.ts';
import { RateLimitedError } from '../platform/errors.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { Redis } from '../platform/redis/redis.ts';
import { InsuredBuckets, LocalBuckets, waitForToken, type Charge, type Verdict } from './buckets.ts';
import { LimitReport, toBucketState } from './limit-report.ts';
import { HeldSeats, type HeldBooking, type SeatReservation } from './held-seats.ts';
import { ClientKeyring, type ClientKeys } from './client-keys.ts';
import { createPolicies, type LimitGroup, type Policies } from './policies.ts';
import type { Challenges } from './challenge/challenges.ts';
import type { EndedHold } from './port.ts';
import { AntiProbing, type WantedHold } from './probing/anti-probing.ts';
import type { Subjects } from './probing/local-probing.ts';
import { RefusalLog } from './refusal-log.ts';

/** Keys in memory: of the calls of this process, of empty buckets, and of the time without Redis. About 200 bytes each. */
const KEYS_KEPT_MAX = 50_000;

export interface RateLimitServices {
  readonly redis: Redis;
  /** The clock that all processes share. */
  readonly clock: { nowMs(): number };
  readonly logger: Logger;
}

interface RateLimitOptions {
  readonly secret: string;
  readonly holdTtlMs: number;
  readonly antiProbing?: boolean;
  readonly challenges?: Challenges | null;
}

/** A call of a root field. */
export interface LimitedCall {
  /** The name of the root field. */
  readonly operation: string;
  readonly group: LimitGroup;
  /** The event that the call is about. Its budgets are separate from those of other events. */
  readonly eventId: number | null;
}

/**
 * Limits the calls of each client, in two steps. First in this process, by address and network, for all calls together: a
 * check in memory, before a request is parsed. Then in Redis, for all processes together, by buyer, address and network, per
 * group of operations and event. While Redis is unavailable, this process applies the same limits to its own calls, from what it last
 * knew of each bucket.
 */
export class RateLimits {
  readonly policies: Policies;
  readonly refusals: RefusalLog;
  readonly heldSeats: HeldSeats;
  /** Null if it is off. */
  readonly probing: AntiProbing | null;
  /** Null if they are off. */
  readonly challenges: Challenges | null;
  readonly #keyring: ClientKeyring;
  readonly #buckets: InsuredBuckets;
  readonly #calls = new LocalBuckets(KEYS_KEPT_MAX);
  readonly #repeats = new LocalBuckets(KEYS_KEPT_MAX);
  readonly #nowUs: () => number;

  constructor(
    quotas: RateLimitQuotas,
    { secret, holdTtlMs, antiProbing = false, challenges = null }: RateLimitOptions,
    { redis, clock, logger }: RateLimitServices,
  ) {
    this.policies = createPolicies(quotas);
    this.refusals = new RefusalLog(logger);
    this.#keyring = new ClientKeyring(secret);
    this.#nowUs = () => Math.round(clock.nowMs() * 1000);
    this.#buckets = new InsuredBuckets(redis, this.#nowUs, logger, KEYS_KEPT_MAX);
    this.heldSeats = new HeldSeats({
      seatsMax: quotas.heldSeats,
      holdTtlMs,
      redis,
      clock,
      refusals: this.refusals,
      logger,
    });
    const getIdentity = (userId: string) => this.#keyring.getBuyer(userId);
    // guard: anti-probing-switch
    this.probing = antiProbing
      ? new AntiProbing({ redis, clock, logger, refusals: this.refusals, getIdentity, challenges })
      : null;
    this.challenges = challenges;
  }

  /** Creates the budget of one request, or of one message on a socket. `onReport` receives what each call has left. */
  open(address: string, onReport?: (report: LimitReport) => void): RequestBudget {
    return new RequestBudget(this, this.#keyring.getClient(address), onReport);
  }

  /** Returns the keys of a buyer and its client. */
  getSubjects({ address, network }: ClientKeys, buyerId: string): Subjects {
    return { identity: this.#keyring.getBuyer(buyerId), address, network };
  }

  /** Takes a token of the client's calls in this process. */
  takeCall({ address, network }: ClientKeys): readonly [readonly Charge[], Verdict, number] {
    const { calls } = this.policies;
    const charges: Charge[] = [];
    if (calls.address !== null) charges.push({ key: address, policy: calls.address });
    if (calls.network !== null) charges.push({ key: network, policy: calls.network });
    const nowUs = this.#nowUs();
    return [charges, this.#calls.take(charges, nowUs), nowUs];
  }

  /** Takes a token for each scope of the call's group. */
  async take(
    client: ClientKeys,
    identity: string | null,
    { group, eventId }: LimitedCall,
  ): Promise<readonly [readonly Charge[], Verdict, number]> {
    // The keys of one call have one hash tag, so that one script can change them in a cluster.
    const tag = eventId === null ? client.network : String(eventId);
    const prefix = `${eventId === null ? `limit:{${tag}}` : `event:{${tag}}:limit`}:${group}:`;
    const { buyer, address, network } = this.policies[group];
    const charges: Charge[] = [];
    // guard: limit-by-buyer
    if (buyer !== null && identity !== null)
      charges.push({ key: `${prefix}buyer:${identity}`, policy: buyer });
    // guard: limit-by-address
    if (address !== null) charges.push({ key: `${prefix}address:${client.address}`, policy: address });
    // guard: limit-by-network
    if (network !== null) charges.push({ key: `${prefix}network:${client.network}`, policy: network });
    return [charges, await this.#buckets.take(tag, charges), this.#nowUs()];
  }

  /**
   * Takes tokens for a look-up whether a refused call repeats one that succeeded, from buckets of this process. There are as
   * many look-ups as calls, so that a client that repeats calls costs at most twice its limits.
   */
  takeRepeat(charges: readonly Charge[]): boolean {
    return this.#repeats.take(charges, this.#nowUs()).refused === null; // guard: repeats-limited
  }

  close(): void {
    this.refusals.close();
  }
}

/**
 * What one request, or one message on a socket, may do. This is the path of a hold through the limits, and what each step asks:
 *
 * 1. `admit` and `spend`: the client's calls in this process, in memory.
 * 2. `spend`: the buckets of the buyer, the address and the network, in one script.
 * 3. `reserveSeats`: whether the client is a suspect, and the seats that its address and network hold, in one script.
 * 4. After the hold: the reservation's `settle` and `noteHeld`, a script each, which no response waits for.
 *
 * Holds of the same event share each script with those of the same turn of the event loop. While Redis is unavailable, each step
 * has its insurance in memory.
 */
export class RequestBudget {
  readonly #limits: RateLimits;
  readonly #client: ClientKeys;
  readonly #onReport: ((report: LimitReport) => void) | undefined;
  readonly #report = new LimitReport();
  #subjects: Subjects | null = null;

  constructor(limits: RateLimits, client: ClientKeys, onReport?: (report: LimitReport) => void) {
    this.#limits = limits;
    this.#client = client;
    this.#onReport = onReport;
  }

  /** Sets the buyer of all calls, once the token of the request is verified. */
  identify(buyerId: string | null): void {
    this.#subjects = buyerId === null ? null : this.#limits.getSubjects(this.#client, buyerId);
  }

  /**
   * Counts the request itself, whatever it contains.
   *
   * @throws {RateLimitedError}
   */
  admit(): void {
    const [charges, verdict, nowUs] = this.#limits.takeCall(this.#client);
    if (verdict.refused !== null) throw this.#toError('request', charges, verdict, nowUs); // guard: request-limit
  }

  /**
   * Counts one call of a root field. A call that is refused goes on if `isRepeat` finds that it repeats one that succeeded.
   *
   * @throws {RateLimitedError}
   */
  async spend(call: LimitedCall, isRepeat?: () => Promise<boolean>): Promise<void> {
    const [calls, own, ownNowUs] = this.#limits.takeCall(this.#client);
    // guard: call-limit-of-process
    if (own.refused !== null) throw this.#toError(call.operation, calls, own, ownNowUs);
    const [charges, verdict, nowUs] = await this.#limits.take(
      this.#client,
      this.#subjects?.identity ?? null,
      call,
    );
    // guard: call-limit
    if (verdict.refused !== null && !(await this.#mayRepeat(charges, isRepeat)))
      throw this.#toError(call.operation, charges, verdict, nowUs);
    this.#addToReport(charges, verdict, nowUs);
  }

  /**
   * Checks the solution of a buyer who joins a waiting room.
   *
   * @throws {ChallengeRequiredError} if the configuration requires a solution and this one is missing or invalid.
   */
  async requireSolution(eventId: number, solution: string | null): Promise<void> {
    const identity = this.#subjects?.identity;
    if (identity !== undefined) await this.#limits.challenges?.requireToJoin({ eventId, identity }, solution);
  }

  noteHeld(booking: HeldBooking & Pick<EndedHold, 'seats'>): void {
    const subjects = this.#subjects;
    if (subjects !== null) this.#limits.probing?.noteHeld(booking.eventId, subjects, booking);
  }

  /** @param seats those that were not available, so that a hold was refused. */
  noteTaken(eventId: number, seats: readonly number[]): void {
    if (this.#subjects !== null) this.#limits.probing?.noteTaken(eventId, this.#subjects, seats);
  }

  /**
   * Reserves seats for a hold, unless a measure against probing applies to the client. For a client without measures, which
   * nearly every one is, Redis does both in one script.
   *
   * @throws {RateLimitedError} if a measure applies, or the client's address or network would hold too many seats unconfirmed.
   */
  async reserveSeats(wanted: WantedHold): Promise<SeatReservation> {
    const { heldSeats, probing } = this.#limits;
    const subjects = this.#subjects;
    if (probing === null || subjects === null) return heldSeats.reserve(this.#client, wanted);
    const against = probing.getSuspectKeys(subjects, wanted);
    const reservation = await heldSeats.reserveUnless(against, this.#client, wanted);
    if (reservation !== null) return reservation;
    await probing.judge(subjects, wanted); // guard: hold-judged
    return heldSeats.reserve(this.#client, wanted);
  }

  /** Follows a change of a booking that needs no new seats. */
  followBooking(booking: HeldBooking): void {
    this.#limits.heldSeats.follow(booking);
  }

  async #mayRepeat(charges: readonly Charge[], isRepeat?: () => Promise<boolean>): Promise<boolean> {
    return isRepeat !== undefined && this.#limits.takeRepeat(charges) && isRepeat();
  }

  #toError(operation: string, charges: readonly Charge[], verdict: Verdict, nowUs: number): RateLimitedError {
    const { refused, fullAtUs } = verdict;
    const charge = charges[refused ?? 0];
    if (charge === undefined) throw new Error('a call without limits was refused');
    const { policy, key } = charge;
    const waitUs = waitForToken(policy, fullAtUs[refused ?? 0] ?? nowUs, nowUs);
    const retryAfterSeconds = Math.max(1, Math.ceil(waitUs / 1_000_000));
    this.#limits.refusals.add({ limit: policy.name, operation, key, retryAfterSeconds });
    this.#addToReport(charges, verdict, nowUs);
    return new RateLimitedError(retryAfterSeconds);
  }

  #addToReport(charges: readonly Charge[], { fullAtUs }: Verdict, nowUs: number): void {
    if (this.#onReport === undefined) return;
    this.#report.add(charges.map(({ policy }, i) => toBucketState(policy, fullAtUs[i] ?? nowUs, nowUs)));
    this.#onReport(this.#report);
  }
}
