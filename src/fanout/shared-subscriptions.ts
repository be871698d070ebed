import type { ExecutionResult } from 'graphql';
import type { Engine } from '../graphql/engine/engine.ts';
import type { SharedOperation } from '../graphql/engine/shared-operation.ts';
import type { Results } from '../graphql/engine/subscription.ts';
import { LatestSource, type LatestValue } from '../platform/latest-value.ts';
import type { LiveFeed } from '../seating/live/live-feed.ts';
import { SeatSource } from '../seating/live/seat-updates.ts';
import { fanoutLimits } from './limits.ts';
import { LatestChannel } from './latest-channel.ts';
import { PayloadCache } from './payload.ts';
import { SeatChannel, type ChannelContext } from './seat-channel.ts';
import type { Consumer } from './subscriber.ts';

/**
 * Serves all subscribers of this process that run the same operation: each message is executed and serialized once for all
 * of them. Permission to subscribe has been checked for each subscriber before.
 */
export class SharedSubscriptions {
  readonly #ctx: ChannelContext;
  readonly #channels = new Map<LiveFeed, SeatChannel>();
  readonly #latestChannels = new Map<LatestValue<object>, LatestChannel>();

  constructor(engine: Engine, clock: ChannelContext['clock']) {
    const payloads = new PayloadCache(engine, fanoutLimits.payloadCharactersMax);
    this.#ctx = { logger: engine.logger, clock, payloads };
  }

  /** Number of events with subscribers. */
  get channels(): number {
    return this.#channels.size;
  }

  /**
   * Subscribes a consumer to a shared operation. Returns null if the source cannot be shared; the caller then executes its events
   * itself.
   */
  subscribe(operation: SharedOperation, source: AsyncIterable<unknown>, consumer: Consumer): Results | null {
    if (source instanceof LatestSource) return this.#subscribeToLatest(operation, source, consumer);
    if (!(source instanceof SeatSource)) return null;
    return new SharedResults(source, () => this.#getChannel(source.feed).join(source, consumer, operation));
  }

  #subscribeToLatest(operation: SharedOperation, source: LatestSource, consumer: Consumer): Results {
    return new SharedResults(source, () => this.#getLatestChannel(source.value).join(consumer, operation));
  }

  #getLatestChannel(value: LatestValue<object>): LatestChannel {
    let channel = this.#latestChannels.get(value);
    if (channel === undefined) {
      channel = new LatestChannel(value, this.#ctx, () => this.#latestChannels.delete(value));
      this.#latestChannels.set(value, channel);
    }
    return channel;
  }

  #getChannel(feed: LiveFeed): SeatChannel {
    let channel = this.#channels.get(feed);
    if (channel === undefined) {
      channel = new SeatChannel(feed, this.#ctx, () => this.#channels.delete(feed));
      this.#channels.set(feed, channel);
    }
    return channel;
  }
}

/**
 * The results of one shared subscription. They are empty: the channel sends its messages to the consumer. They end with
 * `return`, which releases the source. So a caller that ends them itself needs no `next`, only `join`.
 */
export class SharedResults implements AsyncIterableIterator<ExecutionResult> {
  readonly #source: Releasable;
  /** Joins the channel. Undefined when it has joined. */
  #join: (() => () => void) | undefined;
  #leave: (() => void) | undefined;
  #isOver = false;
  #end: (() => void) | undefined;

  constructor(source: Releasable, join: () => () => void) {
    this.#source = source;
    this.#join = join;
  }

  /** Joins the channel, which then sends its messages to the consumer. */
  join(): void {
    const join = this.#join;
    if (this.#isOver || join === undefined) return;
    this.#join = undefined;
    try {
      this.#leave = join();
    } catch (error) {
      void this.return(); // guard: failed-join-releases-source
      throw error;
    }
  }

  /** Joins the channel. Resolves when the results have ended. */
  next(): Promise<IteratorResult<ExecutionResult>> {
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    this.join();
    return new Promise((resolve) => (this.#end = () => resolve({ done: true, value: undefined })));
  }

  return(): Promise<IteratorResult<ExecutionResult>> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#leave?.();
      this.#source.release();
      this.#end?.();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

interface Releasable {
  release(): void;
}
