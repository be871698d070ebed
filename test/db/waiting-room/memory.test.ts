import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRoomServices, TestRoom, type RoomServices } from './room.fixture.ts';

const WAITERS = 20_000;

let services: RoomServices;
beforeAll(async () => {
  services = await startRoomServices();
});
afterAll(() => services.close());

async function usedMemory(): Promise<number> {
  const infos = await services.redis.everyNode((node) => node.info('memory'));
  return infos.reduce((sum, info) => sum + Number(/^used_memory:(\d+)/m.exec(info)?.[1]), 0);
}

it(`${WAITERS} places take less than 100 bytes each in Redis, and all have different numbers`, async () => {
  const room = await TestRoom.create(services);
  await room.join();
  const at = await room.read();
  const before = await usedMemory();
  const numbers = new Set<number | null>();
  for (let joined = 0; joined < WAITERS; joined += 1_000) {
    const places = await Promise.all(
      Array.from({ length: 1_000 }, () => room.rooms.join(at, randomUUID(), null)),
    );
    for (const { number } of places) numbers.add(number);
  }
  expect(numbers.size).toBe(WAITERS);
  const bytes = ((await usedMemory()) - before) / WAITERS;
  console.log(`${bytes.toFixed(1)} bytes of Redis memory per waiter`);
  expect(bytes).toBeLessThan(100);
  expect(bytes).toBeGreaterThan(10);
}, 120_000);
