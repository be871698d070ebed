import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fanoutLimits } from '../../../src/fanout/limits.ts';
import type { SeatStatusCode } from '../../../src/messaging/messages.ts';
import { executed, SEATS, start, type Watcher } from './seat-channel.fixture.ts';

describe('a channel', () => {
  it('starts a subscriber after pending changes, and does not send them early', () => {
    const { feed, join } = start();
    const first = join();
    feed.change(1, 1);
    const second = join();
    // A snapshot now would show a version that was not sent to the others, or hide one.
    expect(second.follower.messages).toEqual([]);
    expect(first.follower.messages).toHaveLength(1);
    feed.send();
    expect(second.follower.messages).toMatchObject([{ kind: 'snapshot', version: 1 }]);
    expect(first.follower.messages).toMatchObject([{ version: 0 }, { fromVersion: 0, version: 1 }]);
  });

  it('resumes with the messages sent during the read, or with a snapshot if there are too many', async () => {
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
    change(fanoutLimits.replayMessagesMax + 1);
    await feed.answer();
    expect(late.follower.messages.map(({ kind }) => kind)).toEqual(['changes', 'snapshot']);
    expect(late.follower.version).toBe(feed.version);
  });

  it('sends a snapshot to a subscriber that resumes from a version of a lost history', async () => {
    const { feed, join } = start();
    join();
    for (const seat of [0, 1, 2]) feed.change(seat, 1);
    feed.send();
    feed.ambiguousUpTo = 2;
    const watchers = [1, 2, 3].map((after) => join(after));
    await feed.answer();
    expect(watchers.map(({ follower }) => follower.messages[0]?.kind)).toEqual([
      'snapshot',
      'snapshot',
      'changes',
    ]);
  });

  it('sends a snapshot if too many reads of the record are running', async () => {
    const { feed, join } = start();
    join();
    const { resumesMax } = fanoutLimits;
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

  it('caches the changes from a version for other subscribers, for a limited number of versions', async () => {
    const { feed, join } = start();
    join();
    const { resumesCachedMax } = fanoutLimits;
    for (let i = 0; i < resumesCachedMax + 2; i++) feed.change(0, 1);
    feed.send();
    const reads = async (after: number): Promise<number> => {
      const watcher = join(after);
      const asked = feed.reads.length;
      await feed.answer();
      expect(watcher.follower.version).toBe(feed.version);
      return asked;
    };
    expect([await reads(1), await reads(1)]).toEqual([1, 0]);
    for (let after = 2; after < resumesCachedMax + 2; after++) expect(await reads(after)).toBe(1);
    expect(await reads(1)).toBe(1);
  });

  it('sends a snapshot if the record cannot be read', async () => {
    const { feed, join } = start();
    join();
    for (const seat of [0, 1]) feed.change(seat, 1);
    feed.send();
    const watcher = join(1);
    feed.failing = true;
    await feed.answer();
    expect(watcher.follower.messages).toMatchObject([{ kind: 'snapshot', version: 2 }]);
  });

  it('ends a subscriber that cannot be served, and serves the others', async () => {
    const { feed, join } = start();
    const sound = join();
    for (const seat of [0, 1]) feed.change(seat, 1);
    feed.send();
    const [resuming, slow] = [join(1), join()];
    slow.full = true;
    feed.change(2, 1);
    feed.send();
    resuming.broken = slow.broken = true;
    await feed.answer();
    slow.drain();
    expect([resuming.failed, slow.failed, sound.failed]).toEqual([1, 1, 0]);
    feed.change(3, 1);
    feed.send();
    expect([resuming.failed, sound.follower.version]).toEqual([2, 4]);
  });

  it('executes each message once per operation, and ends with its last subscriber', () => {
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

  it('keeps every map correct under any order of events (2,000 runs of 60 steps)', async () => {
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
        fill: () => (any().full = true),
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
        // A long round continues in another turn of the event loop.
        await new Promise((resolve) => setImmediate(resolve));
        for (const watcher of [...watchers, ...departed.keys()]) watcher.drain();
        await feed.answer();
      }
      for (const [{ follower }, had] of departed)
        if (follower.messages.length !== had) throw new Error(`sent after leaving: ${log.join()}`);
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
