import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { BusyError, ReadOnlyError } from '../../platform/errors.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import type { QueuedHolds } from '../../traffic/port.ts';
import type { Publisher } from '../../messaging/publisher.ts';
import type { GroupCommit } from '../batch/group-commit.ts';
import type { Outcome } from '../rules/draft.ts';
import { submitAndReport } from '../operations/submit.ts';
import { parseWish, REQUEST_TTL_MS, type SeatReservation, type Wish } from './hold-request.ts';
import type { Entry, RequestQueue } from './request-queue.ts';
import { insertSettledRequests, readStandingHolds } from './settled-requests.sql.ts';
import { toSubmission } from './to-submission.ts';

export interface ConsumerContext {
  readonly db: PrismaClient;
  readonly requestQueue: RequestQueue;
  readonly groupCommit: GroupCommit;
  readonly publisher: Pick<Publisher, 'publishRequestsSettled'>;
  /** Restores reserved seats by their token; null if nothing limits them. */
  readonly heldSeats: { restore(token: string): SeatReservation } | null;
  /** Keeps the buyers' slots in waiting rooms. A port. */
  readonly rooms: {
    keepSlots(
      eventId: number,
      holds: readonly { readonly buyerId: string; readonly holdExpiresAtMs: number }[],
    ): Promise<void>;
  };
  /** Learns what became of the holds; null or absent if nothing does. */
  readonly queuedHolds?: QueuedHolds | null;
  readonly logger: Logger;
  /** Logs what happens to bookings. */
  readonly eventLogger: Logger;
}

/** A request with its outcome. */
interface Decided {
  readonly entry: Entry;
  readonly outcome: Outcome;
}

export interface ConsumerLimits {
  /** Maximum number of requests in flight for one event: what one batch takes, twice. */
  readonly takenMax: number;
  /** Time after which an entry that its consumer did not settle is taken over. Longer than a command may wait. */
  readonly takeOverAfterMs: number;
  readonly takeOverEveryMs: number;
  /** An entry that was taken this many times without an outcome is buried. */
  readonly takenTimesMax: number;
  /** Time without requests after which an event is no longer looked at. */
  readonly forgetAfterMs: number;
}

const defaultLimits: ConsumerLimits = {
  takenMax: 512,
  takeOverAfterMs: 10_000,
  takeOverEveryMs: 2_000,
  takenTimesMax: 5,
  forgetAfterMs: 60_000,
};

/** What a consumer remembers of an event with open requests. */
interface Lane {
  running: Promise<void> | null;
  /** True from a failure to take requests until the next success. */
  isFailing: boolean;
  emptySince: number;
  lookedForAbandonedAt: number;
}

/**
 * Takes hold requests from the queues and submits them to the group commit. A request is acknowledged after its outcome
 * is committed, so that a consumer that ends at any point loses none: another one takes over its entries. Taking an entry
 * twice does no harm, because the batch finds the stored outcome under the buyer's lock.
 */
export class RequestConsumer {
  readonly #ctx: ConsumerContext;
  readonly #limits: ConsumerLimits;
  readonly #name = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  readonly #lanes = new Map<number, Lane>();
  #stopping = false;
  #isFailing = false;

  constructor(ctx: ConsumerContext, limits: Partial<ConsumerLimits> = {}) {
    this.#ctx = ctx;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /**
   * Starts to consume the requests of every event that has some. Does not wait for their outcomes. Does nothing while Redis is
   * unavailable, which its connection logs.
   */
  async scan(): Promise<void> {
    if (!this.#ctx.requestQueue.reachable) return; // guard: no-scan-without-redis
    // The list of active events can be lost or away while the queues are not: a cluster has them on different nodes.
    const eventIds = new Set([...(await this.#findActive()), ...this.#lanes.keys()]); // guard: known-queues-consumed
    for (const eventId of eventIds) this.#consume(eventId);
    await this.#countOpen([...eventIds]);
  }

  async #countOpen(eventIds: readonly number[]): Promise<void> {
    try {
      metrics.holdRequestsOpen.set(await this.#ctx.requestQueue.countOpen(eventIds));
    } catch (error) {
      this.#ctx.logger.debug({ err: error }, 'failed to count open hold requests');
    }
  }

  async #findActive(): Promise<readonly number[]> {
    try {
      const eventIds = await this.#ctx.requestQueue.activeEvents();
      this.#isFailing = false;
      return eventIds;
    } catch (error) {
      if (!this.#isFailing)
        this.#ctx.logger.warn({ err: error }, 'failed to look for hold requests; retrying');
      this.#isFailing = true;
      return [];
    }
  }

  /** Takes no further requests, and waits for the outcomes of those that it took. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#lanes.values()].map(async ({ running }) => running));
    for (const eventId of this.#lanes.keys()) {
      await this.#ctx.requestQueue.leave(eventId, this.#name).catch((error: unknown) => {
        this.#ctx.logger.debug({ err: error, eventId }, 'failed to remove a consumer of hold requests');
      });
    }
  }

  #consume(eventId: number): void {
    const now = performance.now();
    const fresh = { running: null, isFailing: false, emptySince: now, lookedForAbandonedAt: 0 };
    const lane = this.#lanes.get(eventId) ?? fresh;
    this.#lanes.set(eventId, lane);
    if (lane.running !== null) return;
    lane.running = this.#consumeAll(eventId, lane)
      .then(
        () => void (lane.isFailing = false),
        (error: unknown) => {
          if (!lane.isFailing)
            this.#ctx.logger.warn({ err: error, eventId }, 'failed to take hold requests; retrying');
          lane.isFailing = true;
        },
      )
      .finally(() => (lane.running = null));
  }

  /** Consumes until the queue is empty. */
  async #consumeAll(eventId: number, lane: Lane): Promise<void> {
    while (!this.#stopping) {
      await this.#takeOverAbandoned(eventId, lane);
      const entries = await this.#ctx.requestQueue.take(eventId, this.#name, this.#limits.takenMax);
      if (entries.length === 0) break;
      lane.emptySince = performance.now();
      await this.#process(eventId, entries);
    }
    if (performance.now() - lane.emptySince < this.#limits.forgetAfterMs) return;
    await this.#ctx.requestQueue.forgetIfEmpty(eventId);
    this.#lanes.delete(eventId);
  }

  /** Takes over what another consumer took and did not settle, because it ended or its batch failed. */
  async #takeOverAbandoned(eventId: number, lane: Lane): Promise<void> {
    const { takeOverEveryMs, takeOverAfterMs, takenMax, takenTimesMax } = this.#limits;
    const now = performance.now();
    if (now - lane.lookedForAbandonedAt < takeOverEveryMs) return;
    lane.lookedForAbandonedAt = now;
    const { requestQueue } = this.#ctx;
    const entries = await requestQueue.takeOver(eventId, this.#name, takeOverAfterMs, takenMax);
    if (entries.length === 0) return;
    // guard: poisonous-request-buried
    const [poisonous, others] = partition(entries, ({ taken }) => taken > takenTimesMax);
    for (const entry of poisonous) await this.#bury(eventId, entry, 'no outcome after several attempts');
    await this.#process(eventId, others);
  }

  async #process(eventId: number, entries: readonly Entry[]): Promise<void> {
    const decided: Decided[] = [];
    await Promise.all(
      entries.map(async (entry) => {
        const wish = parseEntryWish(entry);
        if (wish === null) return this.#bury(eventId, entry, 'not a hold request');
        const outcome = await this.#submit(eventId, wish);
        if (outcome !== null) decided.push({ entry, outcome });
      }),
    );
    if (decided.length === 0) return;
    await this.#keepSlots(eventId, decided); // guard: queued-hold-keeps-slot
    const settled = decided.map(({ entry }) => entry);
    await this.#ctx.requestQueue.settle(eventId, settled); // guard: acknowledged-after-commit
    await this.#ctx.publisher.publishRequestsSettled({
      eventId,
      requestIds: settled.map(({ requestId }) => requestId),
    });
  }

  /** Keeps the slots of buyers who hold seats now. Before the requests are acknowledged, so that a crash does not lose it. */
  async #keepSlots(eventId: number, decided: readonly Decided[]): Promise<void> {
    const holds: { readonly buyerId: string; readonly holdExpiresAtMs: number }[] = [];
    const settledBefore: string[] = [];
    for (const { entry, outcome } of decided) {
      if (outcome.kind !== 'done') continue;
      if (outcome.booking === null) settledBefore.push(entry.requestId);
      else holds.push(outcome.booking);
    }
    // The worker that made these holds may have ended before it kept the slots.
    // guard: taken-over-hold-keeps-slot
    if (settledBefore.length > 0)
      holds.push(...(await readStandingHolds(this.#ctx.db, eventId, settledBefore)));
    await this.#ctx.rooms.keepSlots(eventId, holds);
  }

  /** Returns the outcome of a request. Without one (null), it is taken over later. */
  async #submit(eventId: number, wish: Wish): Promise<Outcome | null> {
    try {
      const outcome = await submitAndReport(this.#ctx, eventId, toSubmission(wish));
      this.#updateReservation(eventId, wish, outcome);
      metrics.holdRequests.inc({ outcome: nameOutcome(outcome) });
      metrics.holdRequestSeconds.observe(Math.max(0, ageMs(wish)) / 1000);
      return outcome;
    } catch (error) {
      if (!(error instanceof BusyError || error instanceof ReadOnlyError))
        this.#ctx.logger.error({ err: error, eventId, requestId: wish.requestId }, 'hold request failed');
      return null;
    }
  }

  #updateReservation(eventId: number, { reservation, buyerId }: Wish, outcome: Outcome): void {
    if (reservation === null) return;
    const seats = this.#ctx.heldSeats?.restore(reservation);
    if (outcome.kind === 'refused')
      seats?.giveBack(); // guard: refused-request-gives-back
    // Without a booking, the request was settled before.
    else if (outcome.kind === 'done' && outcome.booking !== null) seats?.settle(outcome.booking);
    const held = outcome.kind === 'done' ? outcome.booking : null;
    const refusal = outcome.kind === 'refused' ? outcome.refusal : null;
    const taken = refusal?.code === 'SEATS_UNAVAILABLE' ? refusal.seats : [];
    this.#ctx.queuedHolds?.noteQueued({ eventId, buyerId, reservation, held, taken }); // guard: queued-outcome-noted
  }

  async #bury(eventId: number, entry: Entry, reason: string): Promise<void> {
    const { entryId, requestId } = entry;
    this.#ctx.logger.error({ eventId, requestId, entryId, reason }, 'buried a hold request');
    metrics.holdRequestsBuried.inc();
    const wish = parseEntryWish(entry);
    if (wish !== null) {
      const outcome = { status: 'EXPIRED' } as const;
      await insertSettledRequests(this.#ctx.db, eventId, [{ ...wish, outcome }]);
    }
    await this.#ctx.requestQueue.bury(eventId, entry, reason);
  }
}

/** Returns null if the entry is not a request. An entry under another request's ID must not settle that request. */
function parseEntryWish({ requestId, wish: json }: Entry): Wish | null {
  const wish = parseWish(json);
  return wish?.requestId === requestId ? wish : null; // guard: entry-names-its-request
}

/** Time since the request was made. The clocks of database and worker may differ by milliseconds. */
function ageMs({ expiresAtMs }: Wish): number {
  return Date.now() - (expiresAtMs - REQUEST_TTL_MS);
}

function nameOutcome(outcome: Outcome): string {
  return outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const { yes = [], no = [] } = Object.groupBy(items, (item) => (test(item) ? 'yes' : 'no'));
  return [yes, no];
}
