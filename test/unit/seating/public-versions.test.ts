import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GraphQLContext } from '../../../src/graphql/context.ts';
import { canSeeEvent } from '../../../src/graphql/reads/access.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { PublicVersions } from '../../../src/seating/map/public-versions.ts';
import { Recorded, type RecordedEvent } from '../live-feed/recorded-event.fixture.ts';

let recorded: Recorded;
let event: RecordedEvent;
let versions: PublicVersions;

beforeEach(() => {
  vi.useFakeTimers();
  recorded = new Recorded();
  event = recorded.add(1);
  versions = new PublicVersions(recorded.db, createLogger('silent'));
});
afterEach(() => vi.useRealTimers());

const asked = () => recorded.asked.length;
const versionNow = async () => (await versions.get(1)).seats?.version;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the version of a public event', () => {
  it('is read once per second, regardless of the number of requests', async () => {
    recorded.holdsUp = () => true;
    const all = Array.from({ length: 50 }, versionNow);
    recorded.answer();
    expect(await Promise.all(all)).toEqual(Array(50).fill(0));
    recorded.holdsUp = null;
    event.commit([[0, 1]]);
    await pass(999);
    expect([await versionNow(), asked()]).toEqual([0, 1]);
    await pass(1);
    expect([await versionNow(), asked()]).toEqual([1, 2]);
  });

  it('is null if the event does not exist', async () => {
    expect((await versions.get(2)).seats).toBeNull();
  });

  it('stays valid for a minute while the database fails, with one attempt per second', async () => {
    await versionNow();
    recorded.fails = true;
    for (let second = 1; second < 60; second++) {
      await pass(1_000);
      expect([await versionNow(), await versionNow(), asked()]).toEqual([0, 0, second + 1]);
    }
    await pass(1_000);
    await expect(versionNow()).rejects.toThrow('the database fails');
    recorded.fails = false;
    event.commit([[0, 1]]);
    expect(await versionNow()).toBe(1);
  });

  it('stays valid while the database hangs, with one query in flight', async () => {
    await versionNow();
    await pass(1_000);
    recorded.holdsUp = () => true;
    event.commit([[0, 1]]);
    const first = versionNow();
    await pass(499);
    const second = versionNow();
    await pass(1);
    const both = Promise.all([first, second]);
    expect(await Promise.race([both, pass(1).then(() => 'no answer')])).toEqual([0, 0]);
    // No caller waits for it any longer.
    await pass(5_000);
    expect([await versionNow(), asked(), recorded.waiting]).toEqual([0, 2, 1]);
    await pass(54_000);
    const patient = versionNow();
    recorded.answer();
    expect(await patient).toBe(1);
  });

  it('is awaited, and an error passed on, if no version from the last minute is known', async () => {
    recorded.fails = true;
    await expect(versionNow()).rejects.toThrow('the database fails');
    recorded.fails = false;
    expect(await versionNow()).toBe(0);
    await pass(60_000);
    recorded.fails = true;
    await expect(versionNow()).rejects.toThrow('the database fails');
  });

  it('is no longer needed to see the event once it is known, however long the database fails', async () => {
    const ctx = { publicVersions: versions } as unknown as GraphQLContext;
    expect(await canSeeEvent(ctx, 1)).toBe(true);
    recorded.fails = true;
    await pass(3_600_000);
    expect(await canSeeEvent(ctx, 1)).toBe(true);
    await expect(canSeeEvent(ctx, 2)).rejects.toThrow('the database fails');
  });

  it('is read again if the event was a draft or did not exist', async () => {
    expect((await versions.get(2)).seats).toBeNull();
    await pass(1_000);
    recorded.fails = true;
    await expect(versions.get(2)).rejects.toThrow('the database fails');
  });
});
