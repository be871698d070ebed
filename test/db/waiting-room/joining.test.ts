import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { JoinIndexes } from '../../../src/waiting-room/rooms/join-indexes.ts';
import { silent } from '../../support/booking.ts';
import { startRoomServices, TestRoom, type RoomServices } from './room.fixture.ts';
import { eventually } from '../../support/eventually.ts';

let services: RoomServices;
beforeAll(async () => {
  services = await startRoomServices();
});
afterAll(() => services.close());

describe('joining', () => {
  it('gives numbers in the order of arrival, the same one each time', async () => {
    const room = await TestRoom.create(services);
    const first = await room.joinMany(5);
    expect(first.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(first.map(({ ahead }) => ahead)).toEqual([0, 1, 2, 3, 4]);
    for (const { buyerId, number } of first) expect((await room.join(buyerId)).number).toBe(number);
    expect((await room.join()).number).toBe(6);
  });

  it('gives every buyer a number of its own, with 5,000 at once', async () => {
    const room = await TestRoom.create(services);
    const { eventId } = room;
    const at = await room.read();
    const numbers = await Promise.all(
      Array.from({ length: 5_000 }, async () => (await room.rooms.join(at, randomUUID(), null)).number),
    );
    expect(numbers.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 5_000 }, (_, i) => i + 1),
    );
    expect((await room.read()).joinIndexesReserved).toBeGreaterThanOrEqual(5_000);
    expect(await services.connection.hget(`room:{${eventId}}:joins`, 'last')).toBe('5000');
  });

  it('gives a number to every buyer of many processes that reserve the same ones', async () => {
    const room = await TestRoom.create(services);
    const at = await room.read();
    const processes = Array.from({ length: 8 }, () => room.startProcess());
    const joins = processes.flatMap((rooms) =>
      Array.from({ length: 150 }, async () => (await rooms.join(at, randomUUID(), null)).number),
    );
    const numbers = await Promise.all(joins);
    expect(numbers.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 1_200 }, (_, i) => i + 1),
    );
  });

  it('writes nothing for a buyer whose answer of Redis was overtaken, so that others do not overtake for ever', async () => {
    const room = await TestRoom.create(services);
    await room.joinMany(100);
    const late = randomUUID();
    const at = await room.read();
    const isShort = Promise.withResolvers<void>();
    const hasAnswer = Promise.withResolvers<void>();
    const takePlace = room.store.takePlace.bind(room.store);
    vi.spyOn(room.store, 'takePlace').mockImplementation(async (eventId, request) => {
      const taken = await takePlace(eventId, request);
      if (request.buyerId !== late || taken.kind !== 'reserve') return taken;
      isShort.resolve();
      await hasAnswer.promise;
      return taken;
    });
    const joining = room.rooms.join(at, late, null);
    await isShort.promise;
    expect((await room.join()).number).toBe(101);
    await services.database.worker.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM waiting_rooms WHERE event_id = ${room.eventId} FOR UPDATE`;
      hasAnswer.resolve();
      expect((await joining).number).toBe(102);
    });
  });

  it('gives number 0 in a room that is off, which admits at once', async () => {
    const room = await TestRoom.create(services, { mode: 'OFF' });
    const joined = await room.join();
    expect(joined).toMatchObject({ number: 0, ahead: 0 });
    expect(await room.tryClaim(joined)).toBe('in');
    await room.configure({ mode: 'ON' });
    expect(await room.tryClaim(joined)).toBe('ADMISSION_REQUIRED');
    expect((await room.join(joined.buyerId, joined.token)).number).toBe(1);
  });

  it('refuses a token that is forged, shared, or of another event', async () => {
    const room = await TestRoom.create(services);
    const other = await TestRoom.create(services);
    const joined = await room.join();
    const foreign = await other.join(joined.buyerId);
    const refused = { code: 'INVALID_INPUT', field: 'placeToken' };
    await expect(room.join(joined.buyerId, `${joined.token.slice(0, -2)}xx`)).rejects.toMatchObject(refused);
    await expect(room.join(randomUUID(), joined.token)).rejects.toMatchObject(refused);
    await expect(room.join(joined.buyerId, foreign.token)).rejects.toMatchObject(refused);
    await expect(room.rooms.claim(randomUUID(), joined.token)).rejects.toMatchObject(refused);
    await expect(room.rooms.claim(joined.buyerId, 'nonsense')).rejects.toMatchObject(refused);
  });

  it('is closed in a draining room, which keeps its places and turns off when it is empty', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 60 });
    const joined = await room.join();
    await room.configure({ draining: true });
    await expect(room.join()).rejects.toMatchObject({ code: 'BUSY' });
    expect((await room.join(joined.buyerId)).number).toBe(1);
    await room.pass(3);
    expect(await room.read()).toMatchObject({ mode: 'OFF', isOn: false });
    expect((await room.join()).number).toBe(0);
  });
});

it('the log says once why nobody could join, if PostgreSQL reserves no places', async () => {
  const room = await TestRoom.create(services);
  const at = await room.read();
  await services.database.worker
    .$executeRaw`UPDATE waiting_rooms SET join_indexes_reserved = 2147483647 WHERE event_id = ${room.eventId}`;
  const joins = Array.from({ length: 5 }, () => room.rooms.join(at, randomUUID(), null));
  for (const { reason } of (await Promise.allSettled(joins)) as PromiseRejectedResult[])
    expect(reason).toMatchObject({ code: 'BUSY' });
  expect(room.warnings.map((line) => JSON.parse(line))).toMatchObject([
    { eventId: room.eventId, err: { message: expect.stringContaining('integer out of range') } },
  ]);
});

describe('after Redis has lost its data', () => {
  it('no join index is issued twice, and tokens take their places back', async () => {
    const room = await TestRoom.create(services);
    const before = await room.joinMany(3);
    await services.redis.everyNode((node) => node.flushall());
    const stranger = await room.join();
    expect(stranger.number).toBeGreaterThan(3);
    const back = [];
    for (const { buyerId, token } of before) back.push(await room.join(buyerId, token));
    expect(back.map(({ number }) => number)).toEqual([1, 2, 3]);
    // Now Redis has the place again, so that the token is not needed.
    expect((await room.join(before[1]?.buyerId)).number).toBe(2);
  });

  it('a buyer who joined anew without the token gets the lower place back with it', async () => {
    const room = await TestRoom.create(services);
    const { buyerId, token } = await room.join();
    await services.redis.everyNode((node) => node.flushall());
    expect((await room.join(buyerId)).number).toBeGreaterThan(1);
    expect((await room.join(buyerId, token)).number).toBe(1);
    expect((await room.join(buyerId)).number).toBe(1);
  });

  it('indexes that were reserved before are not used: more may have been issued', async () => {
    const room = await TestRoom.create(services);
    const shortage = await room.take(null);
    expect(shortage).toMatchObject({ kind: 'reserve', above: null });
    const history = shortage.kind === 'reserve' ? shortage.history : '';
    expect(await room.take({ from: 0, to: 500, history: 'another' })).toEqual(shortage);
    expect(await room.take({ from: 0, to: 2, history })).toEqual({ kind: 'place', joinIndex: 1 });
    // Nor are indexes beyond those that are reserved.
    expect(await room.take(null)).toEqual({ kind: 'place', joinIndex: 2 });
    expect(await room.take(null)).toMatchObject({ kind: 'reserve', above: 2 });
    expect(await room.take({ from: 2, to: 3, history })).toEqual({ kind: 'place', joinIndex: 3 });
  });

  it('a reservation for a limit that Redis knew before starts no counter: others may have got numbers above it', async () => {
    const room = await TestRoom.create(services);
    await room.joinMany(100);
    const shortage = await room.take(null);
    if (shortage.kind !== 'reserve') throw new Error('there are places left');
    expect(shortage.above).toBe(100);
    const indexes = new JoinIndexes(services.database.reads, silent);
    const demand = { joining: 1, attempt: 0 };
    const written = await indexes.reserve(room.eventId, shortage, demand);
    const remembered = await indexes.reserve(room.eventId, { ...shortage, above: 150 }, demand);
    expect((await room.join()).number).toBe(101);
    await services.redis.everyNode((node) => node.flushall());
    for (const reserved of [written, remembered])
      expect(await room.take(reserved)).toMatchObject({ kind: 'reserve', above: null });
    expect((await room.join()).number).toBe(201);
  });

  it('numbers go on from those that were served', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 60 });
    await room.joinMany(5);
    await room.pass(4);
    const { nowServing } = await room.read();
    expect(nowServing).toBe(3);
    await services.redis.everyNode((node) => node.flushall());
    await room.pass(1);
    expect((await room.read()).nowServing).toBe(4);
  });
});

it('a restart of an append-only Redis keeps all places and slots', async () => {
  const own = await startRoomServices({ appendOnly: true });
  const room = await TestRoom.create(own, { pacePerMinute: 6_000, insideMax: 1 });
  const [first, second] = await room.joinMany(2);
  await room.tick();
  await room.pass(1);
  if (first === undefined || second === undefined) throw new Error('nobody joined');
  expect(await room.tryClaim(first)).toBe('in');
  await own.redis.restart();
  await eventually('Redis is back', () => own.connection.status === 'ready');
  for (const { buyerId, number } of [first, second]) expect((await room.join(buyerId)).number).toBe(number);
  // Its file may lack the last joins: the next number follows all that may have been given.
  expect((await room.join()).number).toBe(101);
  await room.pass(2);
  expect(await room.read()).toMatchObject({ nowServing: 1, inside: 1 });
  await own.close();
});

describe('while Redis is away', () => {
  it.each([
    ['CLOSED', 'BUSY'],
    ['OPEN', 0],
  ] as const)('the policy %s decides', async (redisAway, expected) => {
    const own = await startRoomServices();
    const room = await TestRoom.create(own, { redisAway, pacePerMinute: 60 });
    const before = await room.joinMany(2);
    await room.pass(3);
    await own.redis.kill();
    await eventually('Redis is gone', () => own.connection.status !== 'ready');
    const joined = await room.join().then(
      ({ number }) => number,
      (error: { code: string }) => error.code,
    );
    expect(joined).toBe(expected);
    // A place that a token proves needs no Redis.
    expect(await room.join(before[1]?.buyerId, before[1]?.token)).toMatchObject({ number: 2 });
    const claims = [];
    for (const one of before) claims.push(await room.tryClaim(one));
    // In a process, two seconds of the pace may be used at once.
    expect(claims).toEqual(redisAway === 'OPEN' ? ['in', 'in'] : ['BUSY', 'BUSY']);
    if (redisAway === 'OPEN') expect(await room.tryClaim(await room.join())).toBe('BUSY');
    const { nowServing } = await room.read();
    await room.pass(2);
    expect((await room.read()).nowServing).toBe(nowServing);
    await own.close();
  });
});
