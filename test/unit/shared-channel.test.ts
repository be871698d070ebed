import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sharedLimits } from '../../src/http/limits.ts';
import { Payload } from '../../src/http/shared/payload.ts';
import { SeatChannel } from '../../src/http/shared/seat-channel.ts';
import type { Reader, SharedGroup } from '../../src/http/shared/subscriber.ts';
import type { SeatStatusCode } from '../../src/pubsub/messages.ts';
import type { FeedMessage, LiveFeed } from '../../src/seating/live-feed.ts';
import type { SeatSource } from '../../src/seating/seat-updates.ts';
import { SeatStates } from '../../src/seating/seat-states.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { SeatMapFollower } from '../support/seat-map-follower.ts';

const SEATS = 12;

/** A feed without a clock: changes wait until `send`. Its record is complete. */
class StillFeed {
  readonly eventId = 1;
  readonly record: (readonly [number, SeatStatusCode])[] = [];
  readonly #followers = new Set<(message: FeedMessage) => void>();
  /** Reads of the record under way, which end when they are called. */
  readonly reads: (() => void)[] = [];
  #sent = 0;

  async answer(): Promise<void> {
    for (const answer of this.reads.splice(0)) answer();
    // Promises on the way of an answer.
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

  follow(follower: (message: FeedMessage) => void): () => void {
    this.send();
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  snapshot(): FeedMessage & { kind: 'snapshot' } {
    this.send();
    const states = SeatStates.fromDigits('0'.repeat(SEATS));
    for (const [seat, code] of this.record) states.set(seat, code);
    return { kind: 'snapshot', version: this.version, states: states.toBase64() };
  }

  changes(fromVersion: number, version: number): FeedMessage {
    const seats = new Map(this.record.slice(fromVersion, version));
    return { kind: 'changes', fromVersion, version, seats: [...seats] };
  }
}

/** One who watches, whose reading and whose record can be held up. */
class Watcher implements Reader {
  readonly follower = new SeatMapFollower(SEATS);
  readonly joinedAt: number;
  readonly leave: () => void;
  #drained: (() => void)[] = [];
  full = false;

  constructor(feed: StillFeed, channel: SeatChannel, operation: string, afterVersion: number | null) {
    this.joinedAt = feed.version;
    if (afterVersion !== null) this.follower.version = afterVersion;
    const source: SeatSource = {
      feed: feed as unknown as LiveFeed,
      afterVersion,
      changesUntil: (version) =>
        new Promise((resolve) => {
          feed.reads.push(() => resolve(feed.changes(afterVersion ?? 0, version)));
        }),
      release: () => undefined,
    };
    this.leave = channel.join(source, this, operation, () => groupOf(operation));
  }

  send(payload: Payload): boolean {
    if (this.full) return false;
    this.follower.take(messages.get(payload) as FeedMessage);
    return true;
  }

  drained(then: () => void): void {
    this.#drained.push(then);
  }

  fail(): void {
    throw new Error('not expected');
  }

  drain(): void {
    this.full = false;
    const drained = this.#drained;
    this.#drained = [];
    for (const then of drained) then();
  }
}

const messages = new WeakMap<Payload, FeedMessage>();
const executed: FeedMessage[] = [];

function groupOf(key: string): SharedGroup {
  const payloads = new Map<FeedMessage, Payload>();
  return {
    key,
    members: 0,
    payloadOf(message) {
      let payload = payloads.get(message);
      if (payload === undefined) {
        executed.push(message);
        payload = new Payload(key);
        payloads.set(message, payload);
        messages.set(payload, message);
      }
      return payload;
    },
  };
}

function start() {
  const feed = new StillFeed();
  let empty = false;
  const channel = new SeatChannel(feed as unknown as LiveFeed, createLogger('silent'), () => (empty = true));
  const join = (after: number | null = null, operation = 'one') =>
    new Watcher(feed, channel, operation, after);
  return { feed, join, isEmpty: () => empty };
}

describe('a channel', () => {
  it('lets nobody begin before what was changed already, nor sends what is not due', () => {
    const { feed, join } = start();
    const first = join();
    feed.change(1, 1);
    const second = join();
    // The snapshot would show a version that the others have not been told of, or hide one.
    expect(second.follower.messages).toEqual([]);
    expect(first.follower.messages).toHaveLength(1);
    feed.send();
    expect(second.follower.messages).toMatchObject([{ kind: 'snapshot', version: 1 }]);
    expect(first.follower.messages).toMatchObject([{ version: 0 }, { fromVersion: 0, version: 1 }]);
  });

  it('resumes with what came while the record was read, and with a snapshot where that is too much', async () => {
    const { feed, join } = start();
    join();
    for (const seat of [0, 1, 2]) feed.change(seat, 1);
    feed.send();
    const [short, long] = [join(1), join(1, 'two')];
    const change = (count: number) => {
      for (let i = 0; i < count; i++) {
        feed.change(3, (i % 3) as SeatStatusCode);
        feed.send();
      }
    };
    change(2);
    await feed.answer();
    expect(short.follower.messages.map(({ kind, version }) => [kind, version])).toEqual([
      ['changes', 3],
      ['changes', 4],
      ['changes', 5],
    ]);
    // Both waited for the same read.
    expect(long.follower.messages).toHaveLength(3);
    const late = join(2);
    change(sharedLimits.recentMessagesMax + 1);
    await feed.answer();
    expect(late.follower.messages.map(({ kind }) => kind)).toEqual(['changes', 'snapshot']);
    expect(late.follower.version).toBe(feed.version);
  });

  it('gives a snapshot where too many read the record at once', async () => {
    const { feed, join } = start();
    join();
    const { resumesMax } = sharedLimits;
    for (let i = 0; i < resumesMax + 2; i++) feed.change(0, 1);
    feed.send();
    const watchers = Array.from({ length: resumesMax + 1 }, (_, after) => join(after));
    expect(watchers.map(({ follower }) => follower.messages.length)).toEqual([
      ...Array.from({ length: resumesMax }, () => 0),
      1,
    ]);
    await feed.answer();
    expect(watchers.every(({ follower }) => follower.version === feed.version)).toBe(true);
  });

  it('executes each message once an operation, and ends with its last subscriber', () => {
    const { feed, join, isEmpty } = start();
    executed.length = 0;
    const watchers = [join(), join(), join(null, 'two'), join(null, 'two')];
    feed.change(1, 1);
    feed.send();
    expect(executed).toHaveLength(4);
    for (const watcher of watchers) {
      expect([isEmpty(), feed.followers]).toEqual([false, 1]);
      watcher.leave();
      watcher.leave();
    }
    expect([isEmpty(), feed.followers]).toEqual([true, 0]);
  });

  it('is right for all, whatever happens in whichever order (2,000 runs of 60 steps)', async () => {
    for (let run = 0; run < 2_000; run++) {
      const { feed, join } = start();
      const watchers = new Set([join()]);
      const departed = new Map<Watcher, number>();
      const log: string[] = [];
      const any = () => [...watchers][randomInt(watchers.size)] as Watcher;
      const steps: Record<string, () => unknown> = {
        change: () => feed.change(randomInt(SEATS), randomInt(4) as SeatStatusCode),
        send: () => feed.send(),
        join: () => watchers.add(join(null, String(randomInt(2)))),
        resume: () => watchers.add(join(randomInt(feed.version + 2), String(randomInt(2)))),
        leave: () => {
          if (watchers.size === 1) return;
          const watcher = any();
          watcher.leave();
          watchers.delete(watcher);
          departed.set(watcher, watcher.follower.messages.length);
        },
        clog: () => (any().full = true),
        drain: () => any().drain(),
        answer: () => feed.answer(),
      };
      const names = Object.keys(steps);
      for (let step = 0; step < 60; step++) {
        const name = names[randomInt(names.length)] as string;
        log.push(name);
        await steps[name]?.();
      }
      feed.send();
      for (let i = 0; i < 3; i++) {
        // A round that took long goes on in another turn.
        await new Promise((resolve) => setImmediate(resolve));
        for (const watcher of [...watchers, ...departed.keys()]) watcher.drain();
        await feed.answer();
      }
      for (const [{ follower }, had] of departed)
        if (follower.messages.length !== had) throw new Error(`it had left: ${log.join()}`);
      const { version, states } = feed.snapshot();
      for (const { follower, joinedAt } of watchers) {
        const [first] = follower.messages;
        const whole = follower.messages.some(({ kind }) => kind === 'snapshot');
        const right =
          follower.gaps.length === 0 &&
          follower.version === version &&
          first !== undefined &&
          first.version >= joinedAt &&
          (!whole || follower.states === states);
        if (!right) throw new Error(`wrong after ${log.join()}: ${JSON.stringify(follower.messages)}`);
      }
      expect(feed.followers).toBe(1);
    }
  });
});
