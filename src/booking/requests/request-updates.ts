import { classifyDbError } from '../../platform/database/db-errors.ts';
import { BusyError, NotFoundError } from '../../platform/errors.ts';
import { Mailbox } from '../../seating/live/mailbox.ts';
import type { Subscriber, Subscription } from '../../messaging/subscriber.ts';
import type { HoldRequestState, RequestReads } from './read-requests.ts';

/** Interval at which watched requests are read. It moves their place in the queue, and repairs lost messages. */
const READ_EVERY_MS = 1_000;
/** Maximum number of requests of an event that are read in one interval. Beyond it, they take turns, so that the cost is bounded. */
const READ_EACH_TIME_MAX = 2_000;

export interface RequestUpdatesContext {
  readonly requestReads: Pick<RequestReads, 'read'>;
  readonly subscriber: Pick<Subscriber, 'subscribeRequestsSettled'>;
}

/** The state of a request, or the error that ends the stream. */
export type RequestUpdate = { readonly request: HoldRequestState } | { readonly failure: unknown };

/** Why a request is read: something may have settled it, or it is time to send its place too. */
type Cause = 'settled' | 'time';
type Wake = (cause: Cause) => void;

/** What all subscribers of one event's requests share. */
interface Watch {
  readonly wakes: Map<string, Set<Wake>>;
  /** The watched requests in turn, forever. */
  readonly turns: Iterator<string, never>;
  readonly subscription: Subscription;
  readonly timer: NodeJS.Timeout;
}

/**
 * Live updates of hold requests. The requests of an event that somebody watches are read together, once per second and
 * when a worker has settled some of them. If there are many, they take turns: each is read every few seconds.
 */
export class RequestUpdates {
  readonly #ctx: RequestUpdatesContext;
  readonly #watches = new Map<number, Watch>();

  readonly #readEachTimeMax: number;

  constructor(ctx: RequestUpdatesContext, readEachTimeMax = READ_EACH_TIME_MAX) {
    this.#ctx = ctx;
    this.#readEachTimeMax = readEachTimeMax;
  }

  /** Yields the given state, then each state that differs from the one before, and ends after the outcome. */
  subscribe(first: HoldRequestState): AsyncIterableIterator<RequestUpdate> {
    const { eventId, requestId } = first;
    let sent: HoldRequestState | null = null;
    const wakes = new Mailbox<Cause>({
      limit: 1,
      overflow: () => 'time',
      onClose: () => this.#unwatch(eventId, requestId, wake),
    });
    const wake: Wake = (cause) => wakes.push(cause);
    const { ready } = this.#watch(eventId, requestId, wake);
    // The request may have been settled since the first read, before anything listened for it.
    void ready.then(() => wake('settled')); // guard: request-read-when-watched
    const end = async () => {
      await wakes.return();
      return { done: true, value: undefined } as const;
    };
    const updates: AsyncIterableIterator<RequestUpdate> = {
      next: async () => {
        if (sent === null) return { done: false, value: { request: (sent = first) } };
        // guard: request-stream-ends
        if (sent.state.status !== 'QUEUED') return end();
        for (;;) {
          const woken = await wakes.next();
          if (woken.done === true) return end();
          const update = await this.#read(eventId, requestId);
          if (update === null) continue;
          if ('failure' in update) await wakes.return();
          else if (!isNews(update.request, sent, woken.value)) continue;
          else sent = update.request;
          return { done: false, value: update };
        }
      },
      return: end,
      [Symbol.asyncIterator]: () => updates,
    };
    return updates;
  }

  /** Returns null if the request cannot be read now. */
  async #read(eventId: number, requestId: string): Promise<RequestUpdate | null> {
    try {
      const request = await this.#ctx.requestReads.read(eventId, requestId);
      if (request !== null) return { request };
      return {
        failure: new NotFoundError('The hold request was lost. Call requestHold again with the same key.'),
      };
    } catch (failure) {
      return failure instanceof BusyError || isTemporary(failure) ? null : { failure };
    }
  }

  #watch(eventId: number, requestId: string, wake: Wake): Subscription {
    let watch = this.#watches.get(eventId);
    if (watch === undefined) {
      const wakes: Watch['wakes'] = new Map();
      const created: Watch = {
        wakes,
        turns: repeatKeys(wakes),
        subscription: this.#ctx.subscriber.subscribeRequestsSettled(eventId, ({ requestIds }) => {
          for (const id of requestIds) wakeAll(created, id, 'settled');
        }),
        timer: setInterval(() => this.#wakeNext(created), READ_EVERY_MS).unref(),
      };
      this.#watches.set(eventId, (watch = created));
    }
    watch.wakes.set(requestId, (watch.wakes.get(requestId) ?? new Set()).add(wake));
    return watch.subscription;
  }

  /** Has the requests read whose turn it is. */
  #wakeNext(watch: Watch): void {
    const count = Math.min(watch.wakes.size, this.#readEachTimeMax); // guard: watched-requests-take-turns
    for (let woken = 0; woken < count; woken++) wakeAll(watch, watch.turns.next().value, 'time');
  }

  #unwatch(eventId: number, requestId: string, wake: Wake): void {
    const watch = this.#watches.get(eventId);
    const wakes = watch?.wakes.get(requestId);
    if (watch === undefined || wakes === undefined) return;
    wakes.delete(wake);
    if (wakes.size === 0) watch.wakes.delete(requestId);
    if (watch.wakes.size > 0) return;
    clearInterval(watch.timer);
    watch.subscription.close();
    this.#watches.delete(eventId);
  }
}

/** The map must not be empty when the next key is taken. */
function* repeatKeys(map: ReadonlyMap<string, unknown>): Generator<string, never> {
  for (;;) yield* map.keys();
}

function wakeAll({ wakes }: Watch, requestId: string, cause: Cause): void {
  for (const wake of wakes.get(requestId) ?? []) wake(cause);
}

function isTemporary(error: unknown): boolean {
  return ['transient', 'connection', 'exhausted'].includes(classifyDbError(error));
}

function isNews({ state }: HoldRequestState, sent: HoldRequestState, cause: Cause): boolean {
  if (state.status !== 'QUEUED' || sent.state.status !== 'QUEUED') return true;
  return cause === 'time' && state.ahead !== sent.state.ahead;
}
