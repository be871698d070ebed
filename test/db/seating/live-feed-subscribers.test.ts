import { describe, expect, it } from 'vitest';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { connectDatabase } from '../../../src/platform/database/db.ts';
import { BookingUpdates } from '../../../src/seating/live/booking-updates.ts';
import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';
import { watchSeats } from '../../support/clients/watch-seats.ts';
import { createBuyerId, silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { SeatMapClient } from '../../support/clients/seat-map-client.ts';
import { liveFeedSuite } from './live-feed.fixture.ts';

const { app, databaseUrl, hall, startNode, holdUnpublished, publishAll, change, connect, isRight } =
  liveFeedSuite();

describe('resuming', () => {
  it('continues from the version of the client', async () => {
    const at = await hall();
    const node = startNode();
    for (const seat of [0, 1, 2]) await change(at, seat);
    const resumed = await connect(node, at, 2);
    await eventually('a first message', () => resumed.messages.length > 0);
    expect(resumed.messages[0]).toMatchObject({ kind: 'changes', fromVersion: 2, version: 5 });
    const upToDate = await connect(node, at, 5);
    await eventually('a first message', () => upToDate.messages.length > 0);
    expect(upToDate.messages[0]).toEqual({ kind: 'changes', fromVersion: 5, version: 5, seats: [] });
  });

  it('loses nothing that commits during the read of the record', async () => {
    const at = await hall();
    const node = startNode();
    const live = await connect(node, at);
    await change(at, 1);
    // The only connection for reads is taken, so the read waits until the change has been published.
    const narrow = connectDatabase(databaseUrl(), silent, { batches: 1, reads: 1, worker: 1 });
    const resumed = new SeatMapClient(at.seatCount);
    let started: Promise<AsyncIterableIterator<FeedMessage>> | undefined;
    await narrow.reads.$transaction(async () => {
      started = watchSeats({ db: narrow.reads, feeds: node.feeds }, at.eventId, 0);
      await change(at, 3);
      await eventually('the change has gone by', () => isRight(live, at));
    });
    const updates = await started;
    if (updates !== undefined) void resumed.run(updates);
    await eventually('the resumed map is right', () => isRight(resumed, at));
    expect(resumed.gaps).toEqual([]);
    expect(resumed.messages[0]).toMatchObject({ kind: 'changes', fromVersion: 0 });
    await updates?.return?.();
    await narrow.close();
  });

  it.each([99, -1])(
    'begins with a snapshot for a version that is not recorded (%i)',
    async (afterVersion) => {
      const at = await hall();
      await change(at, 0);
      const client = await connect(startNode(), at, afterVersion);
      await eventually('a first message', () => client.messages.length > 0);
      expect(client.messages[0]).toMatchObject({ kind: 'snapshot', version: 2 });
    },
  );
});

describe('a client that does not read', () => {
  it('receives one snapshot later instead of a queue', async () => {
    const at = await hall(20);
    const node = startNode();
    const updates = await watchSeats(node, at.eventId, null);
    const live = await connect(node, at);
    for (let seat = 0; seat < 160; seat++) {
      await change(at, seat);
      // Awaits each message, so that none is merged with the next: the idle client is sent all of them.
      await eventually('the live client has it', () => isRight(live, at));
      if (live.messages.length > 100) break;
    }
    expect(live.messages.length).toBeGreaterThan(100);
    expect(await updates.next()).toMatchObject({ value: { kind: 'snapshot', version: live.version } });
    await updates.return?.();
  });
});

describe('changes of one booking', () => {
  it('are sent immediately, and after each change, to every subscriber', async () => {
    const at = await hall();
    const { db, feeds } = startNode();
    const buyerId = createBuyerId();
    const { id } = await holdUnpublished(at, 1, buyerId);
    await publishAll();
    const read = () => db.booking.findFirstOrThrow({ where: { id }, select: { status: true } });
    const updates = await new BookingUpdates({ feeds, logger: silent }).subscribe(at.eventId, id, read);
    expect(await updates.next()).toEqual({ done: false, value: { booking: { status: 'HOLD' } } });
    const next = updates.next();
    await change(at, 3);
    await releaseBooking(app(), { buyerId, eventId: at.eventId, bookingId: id });
    await publishAll();
    expect(await next).toEqual({ done: false, value: { booking: { status: 'RELEASED' } } });
    await updates.return?.();
  });
});
