import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SeatsChanged, SeatStatusCode } from '../../../src/messaging/messages.ts';
import { SeatMapCache, seatMapKey } from '../../../src/seating/map/seat-map-cache.ts';
import { packDigits } from '../../../src/seating/map/seat-map.ts';
import { makeBatchId, makeBatchIds } from '../../support/batch-ids.ts';
import { silent } from '../../support/booking.ts';
import { cacheSuite } from './seat-map-cache.fixture.ts';

const { redis, cache, connected } = cacheSuite();

let eventId = 1_000_000;
beforeEach(() => {
  eventId++;
});

/** Returns a map whose states encode its version. */
function mapOf(version: number) {
  const states = packDigits('0'.repeat(40));
  for (let bit = 0; bit < 40; bit++) states.set(bit, ((version >> bit) & 1) as SeatStatusCode);
  return { version, batchId: makeBatchId(version), states: states.encode() };
}

function changeTo(
  version: number,
  seats: SeatsChanged['seats'] = [],
  fromVersion = version - 1,
): SeatsChanged {
  return { eventId, fromVersion, version, ...makeBatchIds(version, fromVersion), seats, bookingIds: [] };
}

describe('the cached map', () => {
  it('never goes backwards, and is always complete, with eight concurrent writers', async () => {
    const connections = await Promise.all(Array.from({ length: 8 }, connected));
    const writers = connections.map((connection) => new SeatMapCache(connection, silent));
    const versions = fc.sample(fc.integer({ min: 1, max: 400 }), 1_600);
    let writing = true;
    const seen: number[] = [];
    const reading = (async () => {
      while (writing) {
        const map = await cache().read(eventId);
        if (map === null) continue;
        expect(map).toEqual(mapOf(map.version));
        seen.push(map.version);
      }
    })();
    await Promise.all(
      writers.map(async (writer, i) => {
        for (let n = i; n < versions.length; n += writers.length)
          await writer.store(eventId, 40, mapOf(versions[n] ?? 0));
      }),
    );
    writing = false;
    await reading;
    for (const connection of connections) connection.disconnect();
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(await cache().read(eventId)).toEqual(mapOf(Math.max(...versions)));
    console.log(`${versions.length} writes by ${writers.length} writers, ${seen.length} reads between them`);
  });

  it('changes exactly as the map in memory does', async () => {
    const change = fc.array(fc.tuple(fc.nat({ max: 40 }), fc.constantFrom<SeatStatusCode[]>(0, 1, 2, 3)), {
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        eventId++;
        const states = packDigits('0'.repeat(41));
        const map = () => ({ version, batchId: makeBatchId(version), states: states.encode() });
        let version = 0;
        await cache().store(eventId, 41, map());
        for (const [i, seats] of changes.entries()) {
          expect(await cache().change(changeTo(i + 1, seats))).toBe('applied');
          for (const [index, code] of seats) states.set(index, code);
        }
        version = changes.length;
        expect(await cache().read(eventId)).toEqual(map());
      }),
      { numRuns: 60 },
    );
  });

  it('ignores a change that is older', async () => {
    await cache().store(eventId, 40, mapOf(5));
    for (const version of [4, 5]) expect(await cache().change(changeTo(version, [[0, 2]]))).toBe('none');
    expect(await cache().read(eventId)).toEqual(mapOf(5));
  });

  it.each<[string, () => SeatsChanged]>([
    ['is newer than the next', () => changeTo(7, [[0, 2]])],
    [
      'has a seat that there is not',
      () =>
        changeTo(6, [
          [0, 2],
          [40, 1],
        ]),
    ],
    ['has a seat far away', () => changeTo(6, [[1_000_000_000, 1]])],
  ])('is not replaced by an older map after a change that %s', async (_, change) => {
    await cache().store(eventId, 40, mapOf(5));
    const { version } = change();
    expect(await cache().change(change())).toBe('gap');
    expect(await cache().read(eventId)).toBeNull();
    // The change in between arrives late, and a slow process stores an old map.
    expect(await cache().change(changeTo(version - 1, [[0, 2]]))).toBe('none');
    expect(await cache().store(eventId, 40, mapOf(version - 1))).toBe(false);
    expect(await cache().read(eventId)).toBeNull();
    expect(await cache().store(eventId, 40, mapOf(version))).toBe(true);
    expect(await cache().change(changeTo(version + 1))).toBe('applied');
    expect(await redis().pttl(seatMapKey(eventId))).toBeGreaterThan(0);
  });

  it('is not created from the marker of a version by later changes', async () => {
    await cache().store(eventId, 40, mapOf(5));
    await cache().change(changeTo(8));
    for (const version of [8, 9, 10]) expect(await cache().change(changeTo(version))).toBe('gap');
    expect(await cache().read(eventId)).toBeNull();
  });

  it('ignores a change of too many seats; the next reader stores a whole map', async () => {
    await cache().store(eventId, 40, mapOf(5));
    const seats = Array.from({ length: 5_000 }, (_, i) => [i % 40, 3] as const);
    expect(await cache().change(changeTo(6, seats))).toBe('none');
    expect(await cache().read(eventId)).toEqual(mapOf(5));
    expect(await cache().store(eventId, 40, mapOf(6))).toBe(true);
    expect(await cache().read(eventId)).toEqual(mapOf(6));
  });

  it('jumps where the versions do', async () => {
    await cache().store(eventId, 40, mapOf(5));
    expect(await cache().change(changeTo(1_000_006, [], 5))).toBe('applied');
    expect(await cache().read(eventId)).toMatchObject({ version: 1_000_006 });
  });

  it('is not created by changes alone', async () => {
    expect(await cache().change(changeTo(1, [[0, 1]]))).toBe('none');
    expect(await redis().exists(seatMapKey(eventId))).toBe(0);
  });

  it.each<[string, (key: string) => Promise<unknown>]>([
    ['text', (key) => redis().set(key, 'good morning, this is no map of seats')],
    ['a short map', (key) => redis().setrange(key, 0, 'SEA2')],
    ['another type', (key) => redis().rpush(key, 'SEA2')],
  ])('is not read from %s, and a valid map replaces it', async (_, write) => {
    await write(seatMapKey(eventId));
    expect(await cache().read(eventId)).toBeNull();
    expect(await cache().change(changeTo(1))).toBe('none');
    expect(await cache().store(eventId, 40, mapOf(1))).toBe(true);
    expect(await cache().read(eventId)).toEqual(mapOf(1));
    expect(await redis().pttl(seatMapKey(eventId))).toBeGreaterThan(0);
  });
});
