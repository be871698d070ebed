import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { revokeAdmission } from '../../../src/waiting-room/configure-room.ts';
import { runRooms } from '../../../src/waiting-room/run-rooms.ts';
import { silent } from '../../support/booking.ts';
import { readLobbyEntries, writeTick } from '../../../src/waiting-room/rooms/rooms.sql.ts';
import { HOUR_MS, startRoomServices, TestRoom, type Joined, type RoomServices } from './room.fixture.ts';

let services: RoomServices;
beforeAll(async () => {
  services = await startRoomServices();
});
afterAll(() => services.close());

const claimAll = async (room: TestRoom, all: readonly Joined[]) => {
  const results: string[] = [];
  for (const joined of all) results.push(await room.tryClaim(joined));
  return results.filter((result) => result === 'in').length;
};

describe('numbers are called', () => {
  it('at the pace, in order', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 120 });
    const all = await room.joinMany(10);
    expect(await room.tryClaim(all[0] as Joined)).toBe('ADMISSION_REQUIRED');
    await room.tick();
    await room.pass(2);
    expect(await room.read()).toMatchObject({ nowServing: 4, waiting: 6, inside: 4 });
    const results = [];
    for (const joined of all) results.push(await room.tryClaim(joined));
    expect(results).toEqual([
      'in',
      'in',
      'in',
      'in',
      ...Array.from({ length: 6 }, () => 'ADMISSION_REQUIRED'),
    ]);
    await room.pass(3);
    expect(await claimAll(room, all)).toBe(10);
  });

  it('by two workers at the same pace as by one, and never twice', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 60 });
    await room.joinMany(30);
    await room.tick();
    for (let second = 1; second <= 10; second++) {
      room.clock.now += 1_000;
      const worker = { db: services.database.worker, store: room.store, logger: silent };
      await Promise.all(Array.from({ length: 4 }, () => runRooms(worker, () => room.clock.now)));
      expect((await room.read()).nowServing).toBe(second);
    }
    expect((await room.read()).inside).toBe(10);
  });

  it('once from each state: of two decisions from the same one, the later is discarded', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 60 });
    await room.joinMany(3);
    await room.tick();
    const state = await room.read();
    const decide = (nowServing: number) =>
      writeTick(services.database.worker, state, {
        nowServing,
        waiting: 0,
        inside: nowServing,
        automaticOn: false,
        turnOff: false,
        nowMs: room.clock.now,
        control: state.control,
      });
    expect([await decide(1), await decide(2)]).toEqual([true, false]);
    expect((await room.read()).nowServing).toBe(1);
  });

  it('no faster than there are slots: one is freed by leaving, buying, and a minute without a hold', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 6_000, insideMax: 3 });
    const all = await room.joinMany(10);
    const inside = async () => claimAll(room, all.slice(0, (await room.read()).nowServing));
    await room.tick();
    await room.pass(5);
    expect((await room.read()).nowServing).toBe(3);
    expect(await inside()).toBe(3);
    await room.rooms.leave(await room.read(), all[0]?.buyerId ?? '');
    await room.pass(1);
    expect((await room.read()).nowServing).toBe(4);
    await room.store.freeSlot(room.eventId, all[1]?.buyerId ?? '');
    await room.pass(1);
    expect((await room.read()).nowServing).toBe(5);
    // The third holds seats for five minutes; the fourth and the fifth, who never claimed, are idle.
    const hold = { buyerId: all[2]?.buyerId ?? '', holdExpiresAtMs: room.clock.now + 300_000 };
    await room.store.keepSlots(room.eventId, [hold]);
    await room.pass(58);
    expect((await room.read()).nowServing).toBe(5);
    await room.pass(3);
    expect((await room.read()).nowServing).toBe(7);
  });

  it('while the room is neither paused nor before the sale', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 60, paused: true });
    await room.joinMany(3);
    await room.tick();
    await room.pass(5);
    expect((await room.read()).nowServing).toBe(0);
    await room.configure({ paused: false });
    await room.pass(1);
    expect((await room.read()).nowServing).toBe(1);
  });

  it('no further than there are seats', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 6_000 }, { rows: 1, seatsPerRow: 4 });
    await room.joinMany(5);
    await services.database.reads.$executeRaw(
      sql`UPDATE events SET seats_blocked = 4 WHERE id = ${room.eventId}`,
    );
    await room.tick();
    await room.pass(2);
    expect((await room.read()).nowServing).toBe(0);
    expect((await room.join()).chance).toBe('NONE');
  });

  it('to everyone, when the room is turned off, even if it is turned on again', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 1 });
    const all = await room.joinMany(4);
    await room.configure({ mode: 'OFF' });
    expect(await claimAll(room, all)).toBe(4);
    await room.configure({ mode: 'ON' });
    expect((await room.read()).nowServing).toBe(4);
    const next = await room.join();
    expect(next.number).toBe(5);
    expect(await room.tryClaim(next)).toBe('ADMISSION_REQUIRED');
  });
});

describe('a slot', () => {
  it('that a late buyer finds taken goes to that buyer next, before a new number is called', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 6_000, insideMax: 1 });
    const [late, second, third] = (await room.joinMany(3)) as [Joined, Joined, Joined];
    await room.tick();
    await room.pass(2);
    expect((await room.read()).nowServing).toBe(1);
    await room.pass(61);
    expect((await room.read()).nowServing).toBe(2);
    expect(await room.tryClaim(second)).toBe('in');
    expect(await room.tryClaim(late)).toBe('ADMISSION_REQUIRED');
    await room.store.freeSlot(room.eventId, second.buyerId);
    await room.pass(1);
    expect((await room.read()).nowServing).toBe(2);
    expect(await room.tryClaim(late)).toBe('in');
    expect(await room.tryClaim(third)).toBe('ADMISSION_REQUIRED');
  });

  it('is renewed by claiming again, and used once', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 6_000, insideMax: 2 });
    const [one, two] = (await room.joinMany(2)) as [Joined, Joined];
    await room.tick();
    await room.pass(1);
    for (let i = 0; i < 3; i++) expect(await room.tryClaim(one)).toBe('in');
    await room.tick();
    expect((await room.read()).inside).toBe(2);
    await room.pass(50);
    expect(await room.tryClaim(one)).toBe('in');
    await room.pass(50);
    expect(await room.tryClaim(one)).toBe('in');
    expect(await room.tryClaim(two)).toBe('in');
  });

  it('is not reserved for a number that was given back', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 6_000, insideMax: 2 });
    const [first] = await room.joinMany(4);
    await room.rooms.leave(await room.read(), first?.buyerId ?? '');
    await room.tick();
    expect((await room.read()).waiting).toBe(3);
    await room.pass(2);
    expect((await room.read()).nowServing).toBe(3);
  });
});

describe('a revoked admission', () => {
  it('cannot be claimed again', async () => {
    const room = await TestRoom.create(services, { pacePerMinute: 6_000 });
    const joined = await room.join();
    await room.tick();
    await room.pass(1);
    expect(await room.tryClaim(joined)).toBe('in');
    await revokeAdmission(room.rooms, services.database.worker, room.eventId, joined.buyerId);
    expect(await room.tryClaim(joined)).toBe('ADMISSION_REQUIRED');
  });
});

describe('an automatic room', () => {
  const report = (room: TestRoom, queue: number) =>
    room.store.reportHealth(room.eventId, 'api', { queue, p95Ms: 0, busyPerSecond: 0 }, room.clock.now);

  it('turns on under pressure, and off when it is quiet and nobody waits', async () => {
    const room = await TestRoom.create(services, { mode: 'AUTOMATIC', pacePerMinute: 60 });
    await room.pass(3);
    expect(await room.read()).toMatchObject({ isOn: false });
    expect((await room.join()).number).toBe(0);
    await report(room, 501);
    await room.pass(1);
    expect(await room.read()).toMatchObject({ isOn: true, control: { pressure: 'STRAINED' } });
    expect((await room.join()).number).toBe(1);
    await report(room, 0);
    await room.pass(8);
    // By now the one who waited has been called.
    expect(await room.read()).toMatchObject({ isOn: false, control: { pressure: 'CALM' }, nowServing: 1 });
  });

  it('has no lobby: nothing is drawn, and numbers are join indexes', async () => {
    const onSaleAt = new Date(Date.now() + HOUR_MS / 6);
    const room = await TestRoom.create(services, { mode: 'AUTOMATIC', pacePerMinute: 60 }, { onSaleAt });
    await room.tick();
    const before = await room.read();
    expect(before).toMatchObject({ seed: null, digest: null, lobbySize: null });
    expect(room.directory.toView(before).lobbyOpensAt).toBeNull();
    room.clock.now = before.onSaleAtMs;
    await report(room, 501);
    await room.pass(1);
    expect(await room.read()).toMatchObject({ isOn: true, seed: null, digest: null, lobbySize: 0 });
    const joined = await room.joinMany(20);
    expect(joined.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    await room.pass(3);
    for (const { buyerId, token, number } of joined)
      expect((await room.join(buyerId, token)).number).toBe(number);
    expect(await readLobbyEntries(services.database.reads, room.eventId)).toBeNull();
    expect(await room.read()).toMatchObject({ isOn: true, seed: null, digest: null, lobbySize: 0 });
  });

  it('ignores what a process reported that is gone', async () => {
    const room = await TestRoom.create(services, { mode: 'AUTOMATIC' });
    await report(room, 5_000);
    room.clock.now += 5_000;
    await room.tick();
    expect(await room.read()).toMatchObject({ isOn: false });
  });

  it('counts the processes together', async () => {
    const room = await TestRoom.create(services, { mode: 'AUTOMATIC' });
    for (const process of ['a', 'b', 'c'])
      await room.store.reportHealth(
        room.eventId,
        process,
        { queue: 200, p95Ms: 5, busyPerSecond: 0 },
        room.clock.now,
      );
    await room.tick();
    expect(await room.read()).toMatchObject({ isOn: true });
  });
});
