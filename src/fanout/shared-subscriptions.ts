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
    const join = () => this.#getChannel(source.feed).join(source, consumer, operation);
    return new SharedResults(join, () => source.release());
  }

  #subscribeToLatest(
    operation: SharedOperation,
    { value, release }: LatestSource,
    consumer: Consumer,
  ): Results {
    return new SharedResults(() => this.#getLatestChannel(value).join(consumer, operation), release);
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
 * The results of one shared subscription. They are empty: the channel sends its messages to the consumer. The first `next`
 * joins the channel and stays pending until `return` ends the subscription and releases its source.
 */
class SharedResults implements AsyncIterableIterator<ExecutionResult> {
  readonly #join: () => () => void;
  readonly #release: () => void;
  #leave: (() => void) | undefined;
  #isOver = false;
  #end: (() => void) | undefined;

  constructor(join: () => () => void, release: () => void) {
    this.#join = join;
    this.#release = release;
  }

  next(): Promise<IteratorResult<ExecutionResult>> {
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    this.#leave ??= this.#join();
    return new Promise((resolve) => (this.#end = () => resolve({ done: true, value: undefined })));
  }

  return(): Promise<IteratorResult<ExecutionResult>> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#leave?.();
      this.#release();
      this.#end?.();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
