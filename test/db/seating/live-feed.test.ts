import { describe, expect, it } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { eventually } from '../../support/eventually.ts';
import { liveFeedSuite } from './live-feed.fixture.ts';

const { app, redis, publisher, hall, startNode, holdUnpublished, change, follow, isRight } = liveFeedSuite();

describe('the live seat map', () => {
  it('starts with a snapshot, and every change continues where the message before it ended', async () => {
    const at = await hall();
    const followers = await Promise.all([startNode(), startNode()].map((node) => follow(node, at)));
    for (let seat = 0; seat < 30; seat++) await change(at, seat);
    for (const follower of followers) {
      await eventually('the map is right', () => isRight(follower, at));
      expect(follower.messages[0]).toMatchObject({ kind: 'snapshot', version: 0 });
      expect(follower.gaps).toEqual([]);
      expect(follower.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
    }
  });

  it('loses nothing that is committed while a follower is starting', async () => {
    const at = await hall();
    const changing = (async () => {
      for (let round = 0; round < 4; round++) for (let seat = 0; seat < 40; seat += 2) await change(at, seat);
    })();
    const followers = [];
    for (let i = 0; i < 20; i++) {
      const node = startNode();
      followers.push(await follow(node, at), await follow(node, at, 0), await follow(node, at, 0));
    }
    await changing;
    for (const follower of followers) {
      await eventually('the map is right', () => isRight(follower, at));
      expect(follower.gaps).toEqual([]);
    }
  });

  it('repairs from the record what was never published', async () => {
    const at = await hall();
    const follower = await follow(startNode(), at);
    await change(at, 1);
    await holdUnpublished(at, 2);
    app().committed.length = 0; // The process dies between COMMIT and publish.
    await eventually('the map is right', () => isRight(follower, at));
    expect(follower.gaps).toEqual([]);
    expect(follower.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
  });

  it('puts messages in order that arrive out of order, twice, or not at all', async () => {
    const at = await hall();
    const follower = await follow(startNode(), at);
    for (let seat = 0; seat < 6; seat++) await holdUnpublished(at, seat);
    const messages = app().committed.splice(0);
    for (const i of [1, 0, 0, 4, 3, 5]) {
      const message = messages[i];
      if (message !== undefined) await publisher().publishSeatsChanged(message);
    }
    await eventually('the map is right', () => isRight(follower, at));
    expect(follower.gaps).toEqual([]);
  });

  it('sends a snapshot again when the record no longer reaches back', async () => {
    const at = await hall();
    const follower = await follow(startNode(), at);
    for (const seat of [1, 3, 5]) await change(at, seat);
    await eventually('the map is right', () => isRight(follower, at));
    for (const seat of [7, 9]) await holdUnpublished(at, seat);
    app().committed.length = 0; // Nobody publishes them, and soon nobody can look up the first.
    await app().database.reads.$executeRaw(
      sql`DELETE FROM event_changes WHERE event_id = ${at.eventId} AND version < 5`,
    );
    await change(at, 11);
    await eventually('the map is right', () => isRight(follower, at));
    expect(follower.gaps).toEqual([]);
    expect(follower.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(2);
  });

  it('is right again after Redis was killed, flushed and its connections cut', async () => {
    const at = await hall();
    const follower = await follow(startNode(), at);
    await change(at, 0);
    await redis().kill();
    for (const seat of [1, 3]) await change(at, seat);
    await eventually('the map is right without Redis', () => isRight(follower, at));
    await redis().restart();
    for (const seat of [5, 7]) await change(at, seat);
    await eventually('the map is right with Redis back', () => isRight(follower, at));
    expect(follower.gaps).toEqual([]);
  });

  it('is followed on when an earlier try to follow the event had failed', async () => {
    const node = startNode(50);
    const { eventId: before } = await hall();
    await expect(node.feeds.acquire(before + 1)).rejects.toThrow();
    const at = await hall();
    expect(at.eventId).toBe(before + 1);
    const follower = await follow(node, at);
    (await node.feeds.acquire(before)).release();
    // With it, the failed one would have been let go, which nobody follows for longer.
    await eventually('one that was let go later is gone', () => node.feeds.peek(before) === undefined);
    await change(at, 1);
    await eventually('the map is right', () => isRight(follower, at));
  });

  it('goes on from a snapshot when a version has no record at all', async () => {
    const at = await hall();
    const follower = await follow(startNode(), at);
    await app().database.reads.$executeRaw(
      sql`UPDATE events SET seat_version = seat_version + 1000000 WHERE id = ${at.eventId}`,
    );
    await eventually('the follower has the version', () => follower.version === 1_000_000);
    await change(at, 1);
    await eventually('the map is right', () => isRight(follower, at));
    expect(follower.gaps).toEqual([]);
  });

  it('starts while Redis is away', async () => {
    await redis().stop();
    try {
      const at = await hall();
      const follower = await follow(startNode(), at);
      await change(at, 1);
      await eventually('the map is right', () => isRight(follower, at));
      expect(follower.gaps).toEqual([]);
    } finally {
      await redis().restart();
    }
  });
});
