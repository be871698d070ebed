import { Payload } from '../../../src/fanout/payload.ts';
import { SeatChannel } from '../../../src/fanout/seat-channel.ts';
import type { Consumer } from '../../../src/fanout/subscriber.ts';
import type { SharedOperation } from '../../../src/graphql/engine/shared-operation.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import type { SeatStatusCode } from '../../../src/messaging/messages.ts';
import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';
import type { LiveFeed } from '../../../src/seating/live/live-feed.ts';
import { packDigits } from '../../../src/seating/map/seat-map.ts';
import { SeatSource } from '../../../src/seating/live/seat-updates.ts';
import { SeatMapClient } from '../../support/clients/seat-map-client.ts';

export const SEATS = 12;

/** A feed without a clock: changes wait for `send`. Its change record is complete. */
class StillFeed {
  readonly sentCommitMs = null;
  readonly sentTraces = [];
  readonly eventId = 1;
  ambiguousUpTo = -1;
  readonly record: (readonly [number, SeatStatusCode])[] = [];
  readonly #followers = new Set<(message: FeedMessage) => void>();
  /** Functions that end the pending reads of the record. */
  readonly reads: (() => void)[] = [];
  /** Whether reads of the record fail. */
  failing = false;
  #sent = 0;

  async answer(): Promise<void> {
    for (const answer of this.reads.splice(0)) answer();
    // Lets the promise callbacks of the reads run.
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }

  get version(): number {
    return this.record.length;
  }

  get followers(): number {
    return this.#followers.size;
  }

  change(seat: number, code: SeatStatusCode): void {
    this.record.push([seat, code]);
  }

  send(): void {
    if (this.#sent === this.version) return;
    const message = this.changes(this.#sent, this.version);
    this.#sent = this.version;
    for (const follower of this.#followers) follower(message);
  }

  subscribe(follower: (message: FeedMessage) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  snapshot(): FeedMessage & { kind: 'snapshot' } {
    this.send();
    const states = packDigits('0'.repeat(SEATS));
    for (const [seat, code] of this.record) states.set(seat, code);
    return { kind: 'snapshot', version: this.version, states: states.encode() };
  }

  changes(fromVersion: number, version: number): FeedMessage {
    const seats = new Map(this.record.slice(fromVersion, version));
    return { kind: 'changes', fromVersion, version, seats: [...seats] };
  }
}

/** A subscriber whose consumer can be made slow or broken. */
export class Watcher implements Consumer {
  readonly follower = new SeatMapClient(SEATS);
  readonly joinedAt: number;
  readonly leave: () => void;
  #drained: (() => void)[] = [];
  full = false;
  broken = false;
  failed = 0;

  constructor(feed: StillFeed, channel: SeatChannel, operation: string, afterVersion: number | null) {
    this.joinedAt = feed.version;
    if (afterVersion !== null) this.follower.version = afterVersion;
    const source = new SeatSource({
      feed: feed as unknown as LiveFeed,
      afterVersion,
      changesUntil: (version) =>
        new Promise((resolve, reject) => {
          feed.reads.push(() =>
            feed.failing
              ? reject(new Error('unreachable'))
              : resolve(feed.changes(afterVersion ?? 0, version)),
          );
        }),
      release: () => undefined,
    });
    this.leave = channel.join(source, this, { key: operation } as SharedOperation);
  }

  send(payload: Payload): boolean {
    if (this.full) return false;
    if (this.broken) throw new Error('broken');
    this.follower.apply(messages.get(payload) as FeedMessage);
    return true;
  }

  onDrain(then: () => void): void {
    this.#drained.push(then);
  }

  fail(): void {
    if (!this.broken) throw new Error('unexpected failure');
    this.failed++;
  }

  drain(): void {
    this.full = false;
    const drained = this.#drained;
    this.#drained = [];
    for (const then of drained) then();
  }
}

const messages = new WeakMap<Payload, FeedMessage>();
/** Every message that was executed, once per execution. */
export const executed: FeedMessage[] = [];

function createPayloads() {
  const payloads = new Map<string, WeakMap<FeedMessage, Payload>>();
  return {
    get(message: FeedMessage, { key }: SharedOperation): Payload {
      const ofOperation = payloads.get(key) ?? new WeakMap<FeedMessage, Payload>();
      payloads.set(key, ofOperation);
      let payload = ofOperation.get(message);
      if (payload === undefined) {
        executed.push(message);
        payload = new Payload(key);
        ofOperation.set(message, payload);
        messages.set(payload, message);
      }
      return payload;
    },
  };
}

/** Starts a channel with its own feed. */
export function start() {
  const feed = new StillFeed();
  let empty = false;
  const ctx = { logger: createLogger('silent'), clock: { nowMs: Date.now }, payloads: createPayloads() };
  const channel = new SeatChannel(feed as unknown as LiveFeed, ctx, () => (empty = true));
  const join = (after: number | null = null, operation = 'one') =>
    new Watcher(feed, channel, operation, after);
  return { feed, join, isEmpty: () => empty };
}
