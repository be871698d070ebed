import { classifyDbError } from '../../platform/database/db-errors.ts';
import { BusyError, NotFoundError } from '../../platform/errors.ts';
import { Mailbox } from '../../seating/live/mailbox.ts';
import type { Subscriber, Subscription } from '../../messaging/subscriber.ts';
import type { HoldRequestState, RequestReads } from './read-requests.ts';

/** Interval at which watched requests are read. It moves their place in the queue, and repairs lost messages. */
const READ_EVERY_MS = 1_000;

export interface RequestUpdatesContext {
  readonly requestReads: RequestReads;
  readonly subscriber: Pick<Subscriber, 'subscribeRequestsSettled'>;
}

/** The state of a request, or the error that ends the stream. */
export type RequestUpdate = { readonly request: HoldRequestState } | { readonly failure: unknown };

type Wake = () => void;

/** What all subscribers of one event's requests share. */
interface Watch {
  readonly wakes: Map<string, Set<Wake>>;
  readonly subscription: Subscription;
  readonly timer: NodeJS.Timeout;
}

/**
 * Live updates of hold requests. All requests of an event that somebody watches are read together, once per second and
 * when a worker has settled some of them.
 */
export class RequestUpdates {
  readonly #ctx: RequestUpdatesContext;
  readonly #watches = new Map<number, Watch>();

  constructor(ctx: RequestUpdatesContext) {
    this.#ctx = ctx;
  }

  /** Yields the given state, then each state that differs from the one before, and ends after the outcome. */
  subscribe(first: HoldRequestState): AsyncIterableIterator<RequestUpdate> {
    const { eventId, requestId } = first;
    let sent: HoldRequestState | null = null;
    const wakes = new Mailbox<true>({
      limit: 1,
      overflow: () => true,
      onClose: () => this.#unwatch(eventId, requestId, wake),
    });
    const wake = () => wakes.push(true);
    this.#watch(eventId, requestId, wake);
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
          if ((await wakes.next()).done === true) return end();
          const update = await this.#read(eventId, requestId);
          if (update === null) continue;
          if ('failure' in update) await wakes.return();
          else if (isSame(update.request, sent)) continue;
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

  #watch(eventId: number, requestId: string, wake: Wake): void {
    let watch = this.#watches.get(eventId);
    if (watch === undefined) {
      const wakes: Watch['wakes'] = new Map();
      const wakeAll = (ids: Iterable<string>) => {
        for (const id of ids) for (const each of wakes.get(id) ?? []) each();
      };
      watch = {
        wakes,
        subscription: this.#ctx.subscriber.subscribeRequestsSettled(eventId, ({ requestIds }) =>
          wakeAll(requestIds),
        ),
        timer: setInterval(() => wakeAll(wakes.keys()), READ_EVERY_MS).unref(),
      };
      this.#watches.set(eventId, watch);
    }
    watch.wakes.set(requestId, (watch.wakes.get(requestId) ?? new Set()).add(wake));
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

function isTemporary(error: unknown): boolean {
  return ['transient', 'connection', 'exhausted'].includes(classifyDbError(error));
}

function isSame(a: HoldRequestState, b: HoldRequestState): boolean {
  if (a.state.status !== 'QUEUED' || b.state.status !== 'QUEUED') return false;
  return a.state.ahead === b.state.ahead;
}
