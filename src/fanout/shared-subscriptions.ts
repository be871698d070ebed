import type { Logger } from '../platform/observability/logger.ts';
import type { FeedMessage, LiveFeed } from '../seating/live/live-feed.ts';
import type { Park } from '../seating/live/seat-updates.ts';
import { fanoutLimits } from './limits.ts';
import { Parked } from './parked.ts';
import { render, type Mask } from './render.ts';
import { RenderedPayloads } from './rendered-payloads.ts';
import { SeatChannel } from './seat-channel.ts';
import type { SharedOperation } from '../graphql/engine/shared-operation.ts';
import type { Reader, SharedGroup } from './subscriber.ts';

/**
 * Subscribers of this process that run the same operation: each message is executed and serialised once for all of
 * them. Whether a caller may subscribe at all was decided for each alone, before it comes here.
 */
export class SharedSubscriptions {
  readonly #mask: Mask;
  readonly #context: object;
  readonly #logger: Logger;
  readonly #channels = new Map<LiveFeed, SeatChannel>();
  readonly #rendered = new RenderedPayloads(fanoutLimits.renderedCharactersMax);

  /** `context`: of every execution; see GraphQLEdge. */
  constructor(mask: Mask, context: object, logger: Logger) {
    this.#mask = mask;
    this.#context = context;
    this.#logger = logger;
  }

  /** Events with subscribers here. */
  get channels(): number {
    return this.#channels.size;
  }

  /** Parks one subscription of the operation, whose messages go to the reader. */
  parkFor(operation: SharedOperation, reader: Reader): Park {
    return (source) =>
      new Parked(
        () => this.#channelOf(source.feed).join(source, reader, operation.key, () => this.#open(operation)),
        () => source.release(),
      );
  }

  #channelOf(feed: LiveFeed): SeatChannel {
    let channel = this.#channels.get(feed);
    if (channel === undefined) {
      channel = new SeatChannel(feed, this.#logger, () => this.#channels.delete(feed));
      this.#channels.set(feed, channel);
    }
    return channel;
  }

  #open(operation: SharedOperation): SharedGroup {
    const { key } = operation;
    const rendered = (message: FeedMessage) => render(operation, message, this.#context, this.#mask);
    return {
      key,
      members: 0,
      payloadOf: (message) => this.#rendered.get(message, key, () => rendered(message)),
    };
  }
}
