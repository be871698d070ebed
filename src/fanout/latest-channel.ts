import type { LatestValue } from '../platform/latest-value.ts';
import { metrics } from '../platform/observability/metrics.ts';
import { Broadcast } from './broadcast.ts';
import type { SharedOperation } from '../graphql/engine/shared-operation.ts';
import type { ChannelContext } from './seat-channel.ts';
import type { Consumer } from './subscriber.ts';

export type LatestChannelContext = Pick<ChannelContext, 'logger' | 'payloads'>;

interface Follower {
  readonly consumer: Consumer;
  readonly operation: SharedOperation;
  /** The last message that the consumer has accepted. */
  sent: object | undefined;
  isFull: boolean;
  isGone: boolean;
}

/**
 * A value of which only the latest state matters, as all subscribers of this process share it. Each gets the current state
 * first. A slow consumer misses states, and gets the latest one when its send buffer has drained.
 */
export class LatestChannel {
  readonly #value: LatestValue<object>;
  readonly #ctx: LatestChannelContext;
  readonly #onEmpty: () => void;
  readonly #followers = new Set<Follower>();
  readonly #broadcast: Broadcast<Follower>;
  readonly #unlisten: () => void;

  constructor(value: LatestValue<object>, ctx: LatestChannelContext, onEmpty: () => void) {
    this.#value = value;
    this.#ctx = ctx;
    this.#onEmpty = onEmpty;
    this.#broadcast = new Broadcast(
      () => this.#followers,
      (follower) => this.#serve(follower),
      (follower, error) => this.#fail(follower, error),
      () => undefined,
    );
    this.#unlisten = value.listen(() => this.#broadcast.run());
  }

  /** Adds a subscriber. Returns a function that removes it. */
  join(consumer: Consumer, operation: SharedOperation): () => void {
    const follower = { consumer, operation, sent: undefined, isFull: false, isGone: false };
    this.#followers.add(follower);
    metrics.sharedSubscribers.inc();
    this.#attempt(follower);
    return () => this.#leave(follower);
  }

  #leave(follower: Follower): void {
    if (!this.#followers.delete(follower)) return;
    follower.isGone = true;
    metrics.sharedSubscribers.dec();
    if (this.#followers.size > 0) return;
    this.#unlisten();
    this.#onEmpty();
  }

  /** Contains an error: it must affect neither other subscribers nor the process. */
  #attempt(follower: Follower): void {
    try {
      this.#serve(follower);
    } catch (error) {
      this.#fail(follower, error);
    }
  }

  #fail({ consumer }: Follower, error: unknown): void {
    this.#ctx.logger.error({ err: error }, 'a shared subscription failed');
    consumer.fail();
  }

  #serve(follower: Follower): void {
    const { current } = this.#value;
    if (follower.isGone || follower.isFull || follower.sent === current) return;
    if (follower.consumer.send(this.#ctx.payloads.get(current, follower.operation))) {
      follower.sent = current;
      metrics.sharedFrames.inc();
      return;
    }
    metrics.slowConsumersSkipped.inc();
    follower.isFull = true; // guard: full-follower-skipped
    follower.consumer.onDrain(() => {
      follower.isFull = false;
      this.#attempt(follower);
    });
  }
}
