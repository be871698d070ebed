import { Cache } from '../../platform/cache.ts';
import { RateLimitedError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import type { Redis } from '../../platform/redis/redis.ts';
import { parseClient, type WantedSeats } from '../held-seats.ts';
import type { Challenges } from '../challenge/challenges.ts';
import type { EndedHold, EndedHolds, QueuedHolds, QueuedOutcome } from '../port.ts';
import type { RefusalLog } from '../refusal-log.ts';
import { LocalProbing, type Measures, type Subjects } from './local-probing.ts';
import type { Judgement, Signal } from './rules.ts';
import { SharedProbing, type Holder } from './shared-probing.ts';

/** Subjects, seats and holds in memory while Redis is unavailable. A subject takes up to 10 kB. */
const SUBJECTS_KEPT_MAX = 10_000;
/** Signals that may be on their way to Redis. Beyond it, further ones are dropped and counted. */
const SIGNALS_IN_FLIGHT_MAX = 2_000;
/** How long after its deadline a hold's client is remembered: the sweeper may be late. */
const HOLDER_KEPT_MS = 60 * 60_000;
/** Time for which Redis is not asked after it has failed to answer. */
const RETRY_REDIS_AFTER_MS = 1_000;

/** The kinds of signals that end a hold, by the status of its booking. */
const endings: Readonly<Record<string, 'confirmed' | 'released' | 'expired'>> = {
  CONFIRMED: 'confirmed',
  RELEASED: 'released',
  EXPIRED: 'expired',
};

interface AntiProbingServices {
  readonly redis: Redis;
  readonly clock: { nowMs(): number };
  readonly logger: Logger;
  readonly refusals: RefusalLog;
  /** Returns the key of an identity. */
  readonly getIdentity: (userId: string) => string;
  readonly challenges: Challenges | null;
}

/** A hold that a client wants to make. */
export interface WantedHold extends WantedSeats {
  /** Seat indexes; empty if the server chooses. */
  readonly seats: readonly number[];
  /** The solution of a challenge that an earlier refusal contained. */
  readonly solution?: string | null | undefined;
}

/**
 * Judges clients before they hold seats, and learns what becomes of their holds. Signals are noted in the background: no
 * response waits for them. While Redis is unavailable, each process applies the same rules to what it sees itself.
 */
export class AntiProbing implements EndedHolds, QueuedHolds {
  readonly #shared: SharedProbing;
  readonly #local = new LocalProbing(SUBJECTS_KEPT_MAX);
  readonly #localHolders = new Cache<string, Subjects>({ entriesMax: SUBJECTS_KEPT_MAX });
  readonly #clock: { nowMs(): number };
  readonly #logger: Logger;
  readonly #refusals: RefusalLog;
  readonly #getIdentity: (userId: string) => string;
  readonly #challenges: Challenges | null;
  #askRedisAtMs = 0;
  #inFlight = new Set<Promise<void>>();

  constructor({ redis, clock, logger, refusals, getIdentity, challenges }: AntiProbingServices) {
    this.#shared = new SharedProbing(redis);
    this.#clock = clock;
    this.#logger = logger;
    this.#refusals = refusals;
    this.#getIdentity = getIdentity;
    this.#challenges = challenges;
  }

  /** Returns keys in Redis. If none of them exists, no measure applies to the client. */
  getSuspectKeys(subjects: Subjects, { eventId }: WantedHold): string[] {
    return this.#shared.getSuspectKeys(eventId, subjects);
  }

  /**
   * Judges a client that wants to hold seats. If it is only slowed, the solution of a challenge stands for its next turn.
   *
   * @throws {RateLimitedError} if a measure applies.
   */
  async judge(subjects: Subjects, { eventId, seats, operation, solution = null }: WantedHold): Promise<void> {
    const found = await this.#judge(eventId, subjects, seats);
    if (found === null) return;
    const bearer = { eventId, identity: subjects.identity };
    const challenges = found.measure === 'slowed' ? this.#challenges : null; // guard: only-slowed-can-solve
    if ((await challenges?.isSolved(bearer, solution)) === true) return; // guard: solution-lifts-slow-measure
    const retryAfterSeconds = Math.max(1, Math.ceil(found.retryAfterMs / 1000));
    const { measure, scope, reason } = found;
    const limit = `probing-${measure}-${scope}`;
    this.#refusals.add({ limit, operation, key: subjects[scope], retryAfterSeconds, reason });
    const challenge = challenges?.issue(bearer) ?? null;
    const message = explain(found, retryAfterSeconds, challenge !== null);
    throw new RateLimitedError(retryAfterSeconds, message, challenge); // guard: prober-refused
  }

  /** Notes that a hold failed because these seats are not available. */
  noteTaken(eventId: number, subjects: Subjects, seats: readonly number[]): void {
    this.#run(() => this.#record(eventId, subjects, { kind: 'taken', seats, heldMs: 0 }));
  }

  /** Notes that a client holds seats, and remembers it until the hold has ended. */
  noteHeld(
    eventId: number,
    subjects: Subjects,
    { id, seats, holdExpiresAtMs }: Pick<EndedHold, 'id' | 'seats' | 'holdExpiresAtMs'>,
  ): void {
    const ttlMs = Math.max(1, Math.ceil(holdExpiresAtMs - this.#clock.nowMs())) + HOLDER_KEPT_MS;
    const holder = { bookingId: id, ttlMs };
    this.#run(() => this.#record(eventId, subjects, { kind: 'held', seats, heldMs: 0 }, holder));
  }

  noteQueued({ eventId, buyerId, reservation, held, taken }: QueuedOutcome): void {
    const subjects = { identity: this.#getIdentity(buyerId), ...parseClient(reservation) };
    if (held !== null) this.noteHeld(eventId, subjects, held);
    else if (taken.length > 0) this.noteTaken(eventId, subjects, taken);
  }

  note(eventId: number, holds: readonly EndedHold[]): void {
    for (const hold of holds) {
      const kind = endings[hold.status];
      if (kind === undefined) continue;
      const endedAtMs = kind === 'expired' ? hold.holdExpiresAtMs : this.#clock.nowMs();
      const heldMs = Math.max(0, endedAtMs - hold.createdAtMs);
      this.#run(async () => {
        const holder = await this.#takeHolder(eventId, hold);
        await this.#record(eventId, holder, { kind, seats: hold.seats, heldMs });
      });
    }
  }

  /** Resolves when all signals are noted. */
  async idle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  async #judge(eventId: number, subjects: Subjects, seats: readonly number[]): Promise<Measures | null> {
    const nowMs = this.#nowMs();
    if (this.#shared.isReachable && performance.now() >= this.#askRedisAtMs) {
      try {
        return await this.#shared.judge(eventId, subjects, seats, nowMs);
      } catch (error) {
        this.#askRedisAtMs = performance.now() + RETRY_REDIS_AFTER_MS;
        this.#logger.debug({ err: error, eventId }, 'probing: no answer of Redis');
      }
    }
    return this.#local.judge(toLocal(eventId, subjects), seats, nowMs); // guard: probing-without-redis
  }

  async #record(
    eventId: number,
    subjects: Subjects,
    signal: Signal,
    holder: Holder | null = null,
  ): Promise<void> {
    metrics.probingSignals.inc({ signal: signal.kind });
    const nowMs = this.#nowMs();
    const recorded = this.#shared.record(eventId, subjects, signal, nowMs, holder);
    const raised = await recorded.catch((error: unknown) => {
      this.#logger.debug({ err: error, eventId }, 'probing: signal noted in this process only');
      if (holder !== null) this.#localHolders.set(`${eventId} ${holder.bookingId}`, subjects);
      return this.#local.record(toLocal(eventId, subjects), signal, nowMs);
    });
    for (const found of raised)
      measureRaised(this.#logger, { ...found, eventId, key: subjects[found.scope] });
  }

  /** Returns who made a hold. If only the buyer is known, the address and network get names of their own. */
  async #takeHolder(eventId: number, { id, buyerId }: EndedHold): Promise<Subjects> {
    const key = `${eventId} ${id}`;
    const local = this.#localHolders.get(key);
    this.#localHolders.delete(key);
    if (local !== undefined) return local;
    const stored = await this.#shared.takeHolder(eventId, id).catch((error: unknown) => {
      this.#logger.debug({ err: error, eventId }, 'probing: the client that made a hold is unknown');
      return null;
    });
    const identity = this.#getIdentity(buyerId);
    return stored ?? { identity, address: `of ${identity}`, network: `of ${identity}` };
  }

  #nowMs(): number {
    return Math.round(this.#clock.nowMs());
  }

  #run(note: () => Promise<void>): void {
    // guard: bounded-signals
    if (this.#inFlight.size >= SIGNALS_IN_FLIGHT_MAX) {
      metrics.probingSignalsDropped.inc();
      return;
    }
    const running = note()
      .catch((error: unknown) => this.#logger.debug({ err: error }, 'probing: signal not noted'))
      .finally(() => this.#inFlight.delete(running));
    this.#inFlight.add(running);
  }
}

/**
 * Called when a subject gets a measure that it did not have. Counts the event and writes its log line, which names the subject
 * by its keyed hash.
 */
function measureRaised(
  logger: Logger,
  {
    measure,
    scope,
    reason,
    lastsMs,
    eventId,
    key,
  }: Judgement & { readonly eventId: number; readonly key: string },
): void {
  metrics.probingMeasures.inc({ measure, scope, reason });
  const level = measure === 'slowed' ? 'info' : 'warn';
  logger[level]({ eventId, measure, scope, reason, key, lastsMs }, 'measure against probing');
}

/** Makes the subjects of one event differ from those of others. */
function toLocal(eventId: number, { identity, address, network }: Subjects): Subjects {
  return {
    identity: `${eventId} ${identity}`,
    address: `${eventId} ${address}`,
    network: `${eventId} ${network}`,
  };
}

/** Says what happened, what it means and what to do. */
function explain({ measure, scope, reason }: Measures, retryAfterSeconds: number, canSolve: boolean): string {
  const who = { identity: 'You', address: 'Buyers at your address', network: 'Buyers in your network' }[
    scope
  ];
  if (reason === 'seat')
    return `${who} held one of these seats several times without paying. Others can take it now; choose other seats, or retry in ${retryAfterSeconds} s.`;
  const did = {
    attempts: 'tried to hold unavailable seats too often',
    retries: 'tried to hold the same unavailable seats too often',
    touched: 'tried to hold too many seats within a minute',
    wasted: 'held seats several times without paying',
    probers: 'used several accounts that tried or held seats without paying',
  }[reason];
  const means = {
    slowed: `Holds are limited to a slow pace; retry in ${retryAfterSeconds} s${canSolve ? ', or at once with the solution of the challenge' : ''}.`,
    'cool-down': `No seats can be held for ${retryAfterSeconds} s.`,
    closed: `No more seats of this event can be held for ${retryAfterSeconds} s. Holds that you have can still be confirmed.`,
  }[measure];
  return `${who} ${did}. ${means}`;
}
