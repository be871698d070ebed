import { describe, expect, it } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { eventually } from '../../support/eventually.ts';
import { liveFeedSuite } from './live-feed.fixture.ts';

const { app, redis, publisher, hall, startNode, holdUnpublished, change, connect, isRight } = liveFeedSuite();

describe('the live seat map', () => {
  it('starts with a snapshot, and every change continues from the previous message', async () => {
    const at = await hall();
    const clients = await Promise.all([startNode(), startNode()].map((node) => connect(node, at)));
    for (let seat = 0; seat < 30; seat++) await change(at, seat);
    for (const client of clients) {
      await eventually('the map is right', () => isRight(client, at));
      expect(client.messages[0]).toMatchObject({ kind: 'snapshot', version: 0 });
      expect(client.gaps).toEqual([]);
      expect(client.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
    }
  });

  it('loses nothing that commits while a client subscribes', async () => {
    const at = await hall();
    const changing = (async () => {
      for (let round = 0; round < 4; round++) for (let seat = 0; seat < 40; seat += 2) await change(at, seat);
    })();
    const clients = [];
    for (let i = 0; i < 20; i++) {
      const node = startNode();
      clients.push(await connect(node, at), await connect(node, at, 0), await connect(node, at, 0));
    }
    await changing;
    for (const client of clients) {
      await eventually('the map is right', () => isRight(client, at));
      expect(client.gaps).toEqual([]);
    }
  });

  it('repairs from the record what was never published', async () => {
    const at = await hall();
    const client = await connect(startNode(), at);
    await change(at, 1);
    await holdUnpublished(at, 2);
    app().committed.length = 0; // The process dies between COMMIT and publish.
    await eventually('the map is right', () => isRight(client, at));
    expect(client.gaps).toEqual([]);
    expect(client.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
  });

  it('orders messages that arrive out of order, twice, or not at all', async () => {
    const at = await hall();
    const client = await connect(startNode(), at);
    for (let seat = 0; seat < 6; seat++) await holdUnpublished(at, seat);
    const messages = app().committed.splice(0);
    for (const i of [1, 0, 0, 4, 3, 5]) {
      const message = messages[i];
      if (message !== undefined) await publisher().publishSeatsChanged(message);
    }
    await eventually('the map is right', () => isRight(client, at));
    expect(client.gaps).toEqual([]);
  });

  it('sends a new snapshot if the record no longer reaches back', async () => {
    const at = await hall();
    const client = await connect(startNode(), at);
    for (const seat of [1, 3, 5]) await change(at, seat);
    await eventually('the map is right', () => isRight(client, at));
    for (const seat of [7, 9]) await holdUnpublished(at, seat);
    app().committed.length = 0; // Nobody publishes them, and soon nobody can look up the first.
    await app().database.reads.$executeRaw(
      sql`DELETE FROM event_changes WHERE event_id = ${at.eventId} AND version < 5`,
    );
    await change(at, 11);
    await eventually('the map is right', () => isRight(client, at));
    expect(client.gaps).toEqual([]);
    expect(client.messages.filter(({ kind }) => kind === 'snapshot')).toHaveLength(2);
  });

  it('recovers after Redis is killed and flushed, and its connections are cut', async () => {
    const at = await hall();
    const client = await connect(startNode(), at);
    await change(at, 0);
    await redis().kill();
    for (const seat of [1, 3]) await change(at, seat);
    await eventually('the map is right without Redis', () => isRight(client, at));
    await redis().restart();
    for (const seat of [5, 7]) await change(at, seat);
    await eventually('the map is right with Redis back', () => isRight(client, at));
    expect(client.gaps).toEqual([]);
  });

  it('stays open for new subscribers after an earlier attempt to subscribe failed', async () => {
    const node = startNode(50);
    const { eventId: before } = await hall();
    await expect(node.feeds.acquire(before + 1)).rejects.toThrow();
    const at = await hall();
    expect(at.eventId).toBe(before + 1);
    const client = await connect(node, at);
    (await node.feeds.acquire(before)).release();
    // By then the failed one, which has no users, would have closed it.
    await eventually('one that was let go later is gone', () => node.feeds.peek(before) === undefined);
    await change(at, 1);
    await eventually('the map is right', () => isRight(client, at));
  });

  it('continues from a snapshot if a version has no record', async () => {
    const at = await hall();
    const client = await connect(startNode(), at);
    await app().database.reads.$executeRaw(
      sql`UPDATE events SET seat_version = seat_version + 1000000 WHERE id = ${at.eventId}`,
    );
    await eventually('the client has the version', () => client.version === 1_000_000);
    await change(at, 1);
    await eventually('the map is right', () => isRight(client, at));
    expect(client.gaps).toEqual([]);
  });

  it('catches up before a client resumes that has seen a newer version on another node', async () => {
    const at = await hall();
    const node = startNode();
    await connect(node, at);
    await holdUnpublished(at, 1);
    const resumed = await connect(node, at, 1);
    await change(at, 3);
    await eventually('the change has arrived', () => resumed.version === 2);
    expect(resumed.messages[0]).toMatchObject({ kind: 'changes', fromVersion: 1 });
  });

  it('sends a snapshot to a client that resumes from a version that does not exist', async () => {
    const at = await hall();
    const client = await connect(startNode(), at, 5_000);
    await eventually('the map is right', () => isRight(client, at));
    expect(client.messages[0]).toMatchObject({ kind: 'snapshot', version: 0 });
  });

  it('starts while Redis is unavailable', async () => {
    await redis().stop();
    try {
      const at = await hall();
      const client = await connect(startNode(), at);
      await change(at, 1);
      await eventually('the map is right', () => isRight(client, at));
      expect(client.gaps).toEqual([]);
    } finally {
      await redis().restart();
    }
  });
});
