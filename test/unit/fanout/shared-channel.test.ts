import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fanoutLimits } from '../../../src/fanout/limits.ts';
import type { SeatStatusCode } from '../../../src/messaging/messages.ts';
import { executed, SEATS, start, type Watcher } from './shared-channel.fixture.ts';

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
    change(fanoutLimits.replayMessagesMax + 1);
    await feed.answer();
    expect(late.follower.messages.map(({ kind }) => kind)).toEqual(['changes', 'snapshot']);
    expect(late.follower.version).toBe(feed.version);
  });

  it('gives a snapshot to whoever resumes from a version that the database had lost', async () => {
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

  it('gives a snapshot where too many read the record at once', async () => {
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

  it('keeps what was read for whoever resumes from the same version, but not of all versions', async () => {
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

  it('gives a snapshot where the record can’t be read', async () => {
    const { feed, join } = start();
    join();
    for (const seat of [0, 1]) feed.change(seat, 1);
    feed.send();
    const watcher = join(1);
    feed.failing = true;
    await feed.answer();
    expect(watcher.follower.messages).toMatchObject([{ kind: 'snapshot', version: 2 }]);
  });

  it('ends a subscriber that can’t be served, wherever that shows, and serves the others', async () => {
    const { feed, join } = start();
    const sound = join();
    for (const seat of [0, 1]) feed.change(seat, 1);
    feed.send();
    const [resuming, clogged] = [join(1), join()];
    clogged.full = true;
    feed.change(2, 1);
    feed.send();
    resuming.broken = clogged.broken = true;
    await feed.answer();
    clogged.drain();
    expect([resuming.failed, clogged.failed, sound.failed]).toEqual([1, 1, 0]);
    feed.change(3, 1);
    feed.send();
    expect([resuming.failed, sound.follower.version]).toEqual([2, 4]);
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
