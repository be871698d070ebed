import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Wish } from '../../src/booking/requests/hold-request.ts';
import { toRequestId } from '../../src/booking/requests/hold-request.ts';
import { RequestReads } from '../../src/booking/requests/read-requests.ts';
import { RequestConsumer } from '../../src/booking/requests/request-consumer.ts';
import { RequestQueue } from '../../src/booking/requests/request-queue.ts';
import { hashIdempotencyKey } from '../../src/platform/idempotency-key.ts';
import { assertInvariants, silent, startBookingProcess, type BookingProcess } from '../support/booking.ts';
import { eventually } from '../support/eventually.ts';
import { pause } from '../support/pause.ts';
import { LimitedProcess, ManualClock } from '../db/traffic/traffic.fixture.ts';
import {
  startRoomServices,
  TestRoom,
  type Joined,
  type RoomServices,
} from '../db/waiting-room/room.fixture.ts';

const BUYERS = 40;
const QUOTA = 50;

type Start = <T>(count: number, work: (i: number) => Promise<T>) => Promise<T[]>;

describe.each([
  ['the only Redis', 'single'],
  ["a cluster's master", 'cluster'],
] as const)('%s, killed in the middle of an on-sale', (_, kind) => {
  let services: RoomServices;
  let app: BookingProcess;
  let closed: TestRoom;
  let open: TestRoom;
  let limited: readonly LimitedProcess[];
  const clock = new ManualClock();

  beforeAll(async () => {
    services = await startRoomServices({ appendOnly: true, kind });
    app = startBookingProcess(services.databaseUrl);
    const { address } = services.redis;
    const quotas = { holds: { buyer: QUOTA, address: QUOTA, network: QUOTA } };
    limited = [
      await LimitedProcess.start(address, quotas, clock),
      await LimitedProcess.start(address, quotas, clock),
    ];
    const settings = { pacePerMinute: 60_000, insideMax: 2 * BUYERS };
    closed = await TestRoom.create(services, { ...settings, redisAway: 'CLOSED' });
    do open = await TestRoom.create(services, { ...settings, redisAway: 'OPEN' });
    while (masterOf(open) !== masterOf(closed));
  });
  afterAll(async () => {
    await Promise.all(limited.map((each) => each[Symbol.asyncDispose]()));
    await app[Symbol.asyncDispose]();
    await services.close();
  });

  const masterOf = ({ eventId }: TestRoom) => services.redis.nodeOf(`{${eventId}}`);

  it('makes the policies decide, loses nothing, does nothing twice, and leaves seats right', async () => {
    const early = { closed: await closed.joinMany(BUYERS), open: await open.joinMany(BUYERS) };
    for (const room of [closed, open]) {
      // A worker whose command to Redis takes too long calls the numbers a second later.
      await eventually('everybody is called', async () => {
        await room.pass(1);
        return (await room.read()).nowServing === BUYERS;
      });
    }
    const seen = { closed: new Set<unknown>(), open: new Set<unknown>() };
    const halfway = Promise.withResolvers<void>();
    let done = 0;
    const onDone = () => void (++done === BUYERS && halfway.resolve());
    // Of everything, one half starts at once, and the other when Redis is killed.
    const start: Start = (count, work) =>
      Promise.all(
        Array.from({ length: count }, async (_unused, i) => {
          if (i >= count / 2) await halfway.promise;
          return work(i);
        }),
      );

    const joins = [closed, open].map((room) => start(2 * BUYERS, () => joinPatiently(room, onDone)));
    const claims = [
      start(BUYERS, (i) => claimPatiently(closed, early.closed[i], seen.closed)),
      start(BUYERS, (i) => claimPatiently(open, early.open[i], seen.open)),
    ];
    const holds = holdEverySeat(closed, start);
    const admitted = countAdmitted();
    await halfway.promise;
    await masterOf(closed).kill();
    const stranger = { closed: await tryJoin(closed), open: await tryJoin(open) };
    expect(stranger).toEqual({ closed: 'BUSY', open: 0 });
    await masterOf(closed).restart();

    for (const [i, room] of [closed, open].entries()) {
      const all = [...(i === 0 ? early.closed : early.open), ...((await joins[i]) ?? [])];
      expect(new Set(all.map(({ number }) => number)).size).toBe(3 * BUYERS);
      for (const { buyerId, token, number } of all)
        expect((await room.join(buyerId, token)).number).toBe(number);
    }
    await Promise.all(claims);
    expect(seen).toEqual({ closed: new Set(['in', 'BUSY']), open: new Set(['in']) });
    // A claim repeated takes no second slot.
    for (const buyer of early.closed) expect(await closed.tryClaim(buyer)).toBe('in');
    const { inside } = await closed.store.count(closed.eventId, BUYERS, closed.clock.nowMs());
    expect(inside).toBe(BUYERS);
    expect(await holds).toBe(closed.hall.seatCount);
    await assertInvariants(app.database.reads);
    const total = await admitted;
    expect(total).toBeGreaterThanOrEqual(QUOTA);
    expect(total).toBeLessThanOrEqual(QUOTA * (1 + limited.length));
  });

  async function tryJoin(room: TestRoom): Promise<unknown> {
    return room.join().then(
      ({ number }) => number,
      ({ code }: { code?: string }) => code,
    );
  }

  /** Joins until it has a number, as a client does that is refused, or let in without a number while Redis is away. */
  async function joinPatiently(room: TestRoom, onDone: () => void): Promise<Joined> {
    const buyerId = randomUUID();
    let joined: Joined | null = null;
    await eventually('the buyer has a number', async () => {
      joined = await room.join(buyerId, joined?.token ?? null).catch(() => joined);
      return joined !== null && joined.number !== 0;
    });
    onDone();
    if (joined === null) throw new Error('unreachable');
    return joined;
  }

  async function claimPatiently(
    room: TestRoom,
    buyer: Joined | undefined,
    seen: Set<unknown>,
  ): Promise<void> {
    if (buyer === undefined) throw new Error('nobody joined');
    await eventually('the buyer is inside', async () => {
      const result = await room.tryClaim(buyer);
      seen.add(result);
      return result === 'in';
    });
  }

  /** Requests every seat by a buyer of its own. Returns the number of bookings when all requests have an outcome. */
  async function holdEverySeat(room: TestRoom, start: Start): Promise<number> {
    const { eventId, hall } = room;
    const requestQueue = new RequestQueue(services.connection);
    const db = app.database.reads;
    const requestReads = new RequestReads({ db, requestQueue });
    const publisher = { publishRequestsSettled: () => Promise.resolve() };
    const worker = {
      ...app,
      db,
      requestQueue,
      publisher,
      heldSeats: null,
      rooms: room.store,
      queuedHolds: null,
      logger: silent,
    };
    const consumer = new RequestConsumer(worker, { takeOverAfterMs: 200, takeOverEveryMs: 100 });
    let open = hall.seatCount;
    const requests = start(hall.seatCount, async (seat) => {
      const wish = aWish(eventId, seat);
      await eventually('the request has an outcome', async () => {
        // A client repeats a call whose outcome it does not know, with the same key.
        await requestQueue.enqueue(eventId, wish).catch(() => undefined);
        const found = await requestReads.read(eventId, wish.requestId).catch(() => null);
        const status = found?.state.status ?? 'QUEUED';
        if (status !== 'QUEUED') expect(status).toBe('DONE');
        return status !== 'QUEUED';
      });
      open--;
    });
    while (open > 0) {
      await consumer.scan();
      await pause(20);
    }
    await requests;
    await consumer.stop();
    return db.booking.count({ where: { eventId } });
  }

  /** Calls from one address to two processes, until Redis has been away and is back. Returns how many were admitted. */
  async function countAdmitted(): Promise<number> {
    let admitted = 0;
    for (let round = 0; round < 30; round++) {
      const counts = await Promise.all(
        limited.map((one) => one.count(10, '192.0.2.1', { eventId: closed.eventId })),
      );
      for (const count of counts) admitted += count;
      await pause(50);
    }
    return admitted;
  }
});

function aWish(eventId: number, seat: number): Wish {
  const buyerId = randomUUID();
  const hashes = hashIdempotencyKey(randomUUID(), { seat });
  return {
    ...hashes,
    requestId: toRequestId(eventId, buyerId, { operation: 'holdSeats', ...hashes }),
    buyerId,
    expiresAtMs: Date.now() + 60_000,
    isAdmitted: true,
    reservation: null,
    operation: 'holdSeats',
    seats: [seat],
    onConflict: 'FAIL',
  };
}
