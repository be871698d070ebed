import { Cache } from '../platform/cache.ts';
import type { RateLimitQuotas } from '../platform/config/rate-limits.ts';
import { RateLimitedError } from '../platform/errors.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { Redis } from '../platform/redis/redis.ts';
import { LocalBuckets, waitForToken, type Charge, type Verdict, SharedBuckets } from './buckets.ts';
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
  readonly #shared: SharedBuckets;
  readonly #calls = new LocalBuckets(KEYS_KEPT_MAX);
  readonly #insurance = new LocalBuckets(KEYS_KEPT_MAX);
  readonly #repeats = new LocalBuckets(KEYS_KEPT_MAX);
  /** When each empty bucket in Redis gets its next token: no call can succeed before. */
  readonly #emptyUntil = new Cache<string, { us: number }>({ entriesMax: KEYS_KEPT_MAX });
  readonly #nowUs: () => number;
  readonly #logger: Logger;

  constructor(
    quotas: RateLimitQuotas,
    { secret, holdTtlMs, antiProbing = false, challenges = null }: RateLimitOptions,
    { redis, clock, logger }: RateLimitServices,
  ) {
    this.policies = createPolicies(quotas);
    this.refusals = new RefusalLog(logger);
    this.#keyring = new ClientKeyring(secret);
    this.#nowUs = () => Math.round(clock.nowMs() * 1000);
    this.#shared = new SharedBuckets(redis, this.#nowUs);
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
    this.#logger = logger;
  }

  /** Creates the budget of one request, or of one message on a socket. `onReport` receives what each call has left. */
  open(address: string, onReport?: (report: LimitReport) => void): RequestBudget {
    return new RequestBudget(this, this.#keyring.getClient(address), onReport);
  }

  /** Returns what the rules against probing look at. */
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
    buyerId: string | null,
    { group, eventId }: LimitedCall,
  ): Promise<readonly [readonly Charge[], Verdict, number]> {
    // The keys of one call have one hash tag, so that one script can change them in a cluster.
    const tag = eventId === null ? client.network : String(eventId);
    const prefix = `${eventId === null ? `limit:{${tag}}` : `event:{${tag}}:limit`}:${group}:`;
    const { buyer, address, network } = this.policies[group];
    const charges: Charge[] = [];
    // guard: limit-by-buyer
    if (buyer !== null && buyerId !== null)
      charges.push({ key: `${prefix}buyer:${this.#keyring.getBuyer(buyerId)}`, policy: buyer });
    // guard: limit-by-address
    if (address !== null) charges.push({ key: `${prefix}address:${client.address}`, policy: address });
    // guard: limit-by-network
    if (network !== null) charges.push({ key: `${prefix}network:${client.network}`, policy: network });
    return [charges, await this.#takeShared(tag, charges), this.#nowUs()];
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

  async #takeShared(tag: string, charges: readonly Charge[]): Promise<Verdict> {
    const nowUs = this.#nowUs();
    const empty = charges.findIndex(({ key }) => (this.#emptyUntil.get(key)?.us ?? 0) > nowUs);
    // guard: empty-bucket-asks-no-redis
    if (empty >= 0) return this.#refuse(charges, empty, nowUs);
    if (!this.#shared.canAsk(tag)) return this.#takeInsured(charges, nowUs);
    try {
      const verdict = await this.#shared.take(tag, charges);
      this.#insurance.follow(charges, verdict.fullAtUs); // guard: calls-in-redis-count-without-it
      if (verdict.refused !== null) this.#rememberEmpty(charges, verdict);
      return verdict;
    } catch (error) {
      this.#logger.debug({ err: error }, 'rate limits: no answer of Redis');
      return this.#takeInsured(charges, nowUs);
    }
  }

  #takeInsured(charges: readonly Charge[], nowUs: number): Verdict {
    metrics.rateLimitsWithoutRedis.inc();
    return this.#insurance.take(charges, nowUs); // guard: limits-without-redis
  }

  #rememberEmpty(charges: readonly Charge[], { refused, fullAtUs }: Verdict): void {
    const charge = charges[refused ?? 0];
    const at = fullAtUs[refused ?? 0];
    if (charge === undefined || at === undefined) return;
    const nowUs = this.#nowUs();
    this.#emptyUntil.set(charge.key, { us: nowUs + waitForToken(charge.policy, at, nowUs) });
  }

  /** Returns the refusal of a bucket that is known to be empty. The states of the others are not known. */
  #refuse(charges: readonly Charge[], refused: number, nowUs: number): Verdict {
    const fullAtUs = charges.map(({ key, policy }, i) =>
      i === refused ? (this.#emptyUntil.get(key)?.us ?? nowUs) + policy.fillUs - policy.intervalUs : nowUs,
    );
    return { refused, fullAtUs };
  }
}

/** What one request, or one message on a socket, may do. */
export class RequestBudget {
  readonly #limits: RateLimits;
  readonly #client: ClientKeys;
  readonly #onReport: ((report: LimitReport) => void) | undefined;
  readonly #report = new LimitReport();
  #buyerId: string | null = null;

  constructor(limits: RateLimits, client: ClientKeys, onReport?: (report: LimitReport) => void) {
    this.#limits = limits;
    this.#client = client;
    this.#onReport = onReport;
  }

  /** Sets the buyer of all calls, once the token of the request is verified. */
  identify(buyerId: string | null): void {
    this.#buyerId = buyerId;
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
    const [charges, verdict, nowUs] = await this.#limits.take(this.#client, this.#buyerId, call);
    // guard: call-limit
    if (verdict.refused !== null && !(await this.#mayRepeat(charges, isRepeat)))
      throw this.#toError(call.operation, charges, verdict, nowUs);
    this.#addToReport(charges, verdict, nowUs);
  }

  /**
   * Judges what the client has done so far, before it holds seats.
   *
   * @throws {RateLimitedError} if a measure against probing applies.
   */
  async judgeHold(wanted: WantedHold): Promise<void> {
    if (this.#subjects !== null) await this.#limits.probing?.judge(this.#subjects, wanted);
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
   * Reserves seats of an event for a hold.
   *
   * @throws {RateLimitedError} if the client's address or network would hold too many seats unconfirmed.
   */
  reserveSeats(eventId: number, count: number, operation: string): Promise<SeatReservation> {
    return this.#limits.heldSeats.reserve(this.#client, eventId, count, operation);
  }

  /** Follows a change of a booking that needs no new seats. */
  followBooking(booking: HeldBooking): void {
    this.#limits.heldSeats.follow(booking);
  }

  async #mayRepeat(charges: readonly Charge[], isRepeat?: () => Promise<boolean>): Promise<boolean> {
    return isRepeat !== undefined && this.#limits.takeRepeat(charges) && isRepeat();
  }

  get #subjects(): Subjects | null {
    return this.#buyerId === null ? null : this.#limits.getSubjects(this.#client, this.#buyerId);
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
