import { describe, expect, it } from 'vitest';
import { defaultDemand, demandNames, demandOptions, readDemand } from '../../../loadtest/capacity/demand.ts';
import { toCosts, type Costs } from '../../../loadtest/capacity/inputs.ts';
import { findLimits } from '../../../loadtest/capacity/limits.ts';
import { planCapacity, type Plan } from '../../../loadtest/capacity/model.ts';

/** Costs with which results can be computed by hand. */
const costs: Costs = {
  watcherIdleMicros: 20,
  watcherBytes: 20_000,
  connectMicros: 300,
  frameMicros2Seats: 10,
  frameMicros50Seats: 34,
  frameBytes2Seats: 200,
  frameBytes50Seats: 1_640,
  waiterMicros: 15,
  waiterBytes: 30_000,
  waiterConnectMicros: 200,
  updateBytes: 150,
  joinApiMicros: 100,
  joinPostgresMicros: 20,
  joinRedisMicros: 10,
  placeBytes: 40,
  pageApiMicros: 500,
  pagePostgresMicros: 100,
  pageBytes: 1_000,
  mapApiMicros: 50,
  mapBytes: 20_000,
  mapSeats: 80_000,
  sessionApiMicros: 400,
  sessionPostgresMicros: 100,
  holdApiMicrosAlone: 1_100,
  holdApiMicrosBatched: 200,
  holdPostgresMicrosAlone: 1_000,
  holdPostgresMicrosBatched: 100,
  holdWalBytesAlone: 3_000,
  holdWalBytesBatched: 2_100,
  confirmApiMicrosAlone: 1_100,
  confirmApiMicrosBatched: 200,
  confirmPostgresMicrosAlone: 1_000,
  confirmPostgresMicrosBatched: 100,
  confirmWalBytesAlone: 3_000,
  confirmWalBytesBatched: 2_100,
  batchedSize: 10,
  batchMillis: 10,
  eventCommandsMax: 1_000,
  messageBytesAlone: 300,
  messageBytesBatched: 120,
  redisBatchMicros: 100,
  redisDeliveryMicros: 5,
  processBytes: 100_000_000,
  pollPostgresMicros: 1_000,
  socketsPerProcessMax: 18_000,
  connectionsPerBalancerMax: 40_000,
  databaseConnectionsPerProcess: 19,
  databaseConnectionsMax: 200,
};
const nobody = { ...defaultDemand, users: 1_000_000, watchersShare: 0, buyersShare: 0 };

function plan(demand: Partial<typeof defaultDemand>): Plan {
  return planCapacity({ ...nobody, ...demand }, costs);
}

describe('the capacity model', () => {
  it('divides users into waiters, watchers and buyers', () => {
    const { waiters, watchers, buyers, sockets } = plan({ watchersShare: 0.1, buyersShare: 0.02 });
    expect([waiters, watchers, buyers, sockets]).toEqual([880_000, 100_000, 20_000, 120_000]);
  });

  it('charges waiters for a socket, an update a second and their arrival', () => {
    // 1,000,000 waiters, of whom 1,000 arrive each second.
    const waiting = plan({ arrivalSeconds: 1_000, utilization: 1 });
    expect(waiting).toMatchObject({
      sockets: 0,
      connections: 1_000_000,
      frames: 0,
      holds: 0,
      processes: Math.ceil(1_000_000 / 18_000),
      processesBy: 'connections',
      balancers: 25,
      outBytes: { frames: 0, arrivals: 0, waiters: 151_000_000 },
      placeBytes: 40_000_000,
      soldOutAfterSeconds: Infinity,
    });
    expect(waiting.apiCores.waiters).toBeCloseTo(15 + 0.5 + 0.4 + 0.1 + 0.2);
    expect(waiting.apiMemoryBytes).toBe(56 * 100_000_000 + 1_000_000 * 30_000);
    expect(waiting.postgresCores).toBeCloseTo(0.1 + 0.1 + 0.02 + 56 * 0.001);
    expect(waiting.redisCores).toBeCloseTo(0.01);
  });

  it('adds processes for CPU, or for connections if sockets are idle', () => {
    // 1,000,000 idle sockets take 20 s of CPU per second; their arrivals within a day take 10 ms.
    const cheap = plan({ watchersShare: 1, arrivalSeconds: 86_400, utilization: 1 });
    expect(cheap.apiCores.idle).toBeCloseTo(20);
    expect(cheap).toMatchObject({ processes: Math.ceil(1_000_000 / 18_000), processesBy: 'connections' });
    const dear = plan({ watchersShare: 1, arrivalSeconds: 86_400, utilization: 0.1 });
    expect(dear.processesBy).toBe('CPU');
    expect(dear.processes).toBeGreaterThan(200);
  });

  it('charges a command alone for a quiet event, and shares the cost of batches for a busy one', () => {
    // One hold a second, all confirmed: 2 commands/s of one event in batches of 1.02.
    const quiet = plan({ buyersShare: 0.00006, confirmShare: 1, events: 1 });
    expect(quiet.holds).toBeCloseTo(1);
    expect(quiet.commandsPerBatch).toBeCloseTo(1.02);
    expect(quiet.apiCores.commands * 1e6).toBeCloseTo(2 * (100 + 1_000 / 1.02));
    // 450 holds/s: 900 commands/s in batches of 10, the measured size.
    const busy = plan({ buyersShare: 0.027, confirmShare: 1, events: 1 });
    expect(busy.commandsPerBatch).toBeCloseTo(10);
    expect(busy.apiCores.commands * 1e6).toBeCloseTo(900 * 200);
    expect(busy.batches).toBeCloseTo(90);
    expect(busy.walBytes).toBeCloseTo(900 * 2_100);
  });

  it('charges a hold that ends unconfirmed like a confirmed one', () => {
    const [all, none] = [1, 0].map((confirmShare) => plan({ buyersShare: 0.01, confirmShare }));
    expect(all?.postgresCores).toBeCloseTo(none?.postgresCores ?? 0);
    expect(none).toMatchObject({ confirms: 0, soldOutAfterSeconds: Infinity });
  });

  it('sends at most one frame per tick, and then larger ones', () => {
    const busy = plan({ buyersShare: 0.06, confirmShare: 1, events: 1, tickMs: 100 });
    expect(busy.frames).toBeCloseTo(10);
    // 2,000 commands/s with 2 seats in 10 frames: 400 seats a frame, at 30 bytes each.
    expect(busy.frameBytes).toBeCloseTo(200 + 30 * 398);
    const quiet = plan({ buyersShare: 0.00006, confirmShare: 1, events: 1, tickMs: 1 });
    expect(quiet.frames).toBeCloseTo(2, 1);
    expect(quiet.frameBytes).toBeCloseTo(200, 0);
  });

  it('scales the map with the seats of an event', () => {
    const bytes = (seatsPerEvent: number) =>
      plan({ watchersShare: 0.6, seatsPerEvent, arrivalSeconds: 600 }).outBytes.arrivals;
    expect(bytes(80_000)).toBeCloseTo(1_000 * 21_000);
    expect(bytes(8_000)).toBeCloseTo(1_000 * 3_000);
  });

  it('delivers a batch to every process that has a watcher of the event', () => {
    // 100 watchers and 60 buyers.
    const few = { users: 160, watchersShare: 0.625, buyersShare: 0.375, confirmShare: 1 };
    const one = plan({ ...few, events: 1 });
    expect(one.processes).toBe(1);
    expect(one.redisCores * 1e6).toBeCloseTo(one.batches * 105);
    // 160 sockets on one process cannot follow more than 160 of a million events.
    const many = plan({ ...few, events: 1e6 });
    expect(many.redisCores * 1e6).toBeCloseTo(many.batches * 100.0005, 1);
  });
});

describe('the limits', () => {
  const demand = { ...nobody, watchersShare: 0.5, buyersShare: 0.01, events: 1 };

  it('are the largest numbers of users that one of each resource serves, smallest first', () => {
    const limits = findLimits(demand, costs);
    expect(limits.map(({ users }) => users)).toEqual(
      limits.map(({ users }) => users).toSorted((a, b) => a - b),
    );
    const find = (name: string) => limits.find((limit) => limit.name === name);
    expect(find('connections of one balancer')?.users).toBe(40_000);
    expect(find('commands of one event')?.users).toBe((1_000 / 2) * 60 * 100);
    expect(find('commands of one event')?.used).toBeCloseTo(1 / 3);
  });

  it('count the sockets of users who only wait, and no commands', () => {
    const find = (name: string) => findLimits(nobody, costs).find((limit) => limit.name === name)?.users;
    expect(find('connections of one balancer')).toBe(40_000);
    expect(find('commands of one event')).toBe(Infinity);
  });

  it('do not shrink if more of a resource is there', () => {
    const at = (more: Partial<typeof demand>, name: string) =>
      findLimits({ ...demand, ...more }, costs).find((limit) => limit.name.startsWith(name))?.users ?? 0;
    expect(at({ databaseCores: 64 }, 'CPU')).toBeGreaterThan(at({ databaseCores: 4 }, 'CPU'));
    expect(at({ gigabits: 100 }, 'network')).toBeGreaterThan(at({ gigabits: 1 }, 'network'));
  });
});

describe('the options of npm run capacity', () => {
  it('have defaults in their ranges', () => {
    for (const name of demandNames) {
      const { default: value, min, max } = demandOptions[name];
      expect([name, value >= min && value <= max]).toEqual([name, true]);
    }
    expect(readDemand({})).toEqual(defaultDemand);
  });

  it('replace the defaults', () => {
    expect(readDemand({ users: '5e6', 'watchers-share': '0.9' })).toMatchObject({
      users: 5e6,
      watchersShare: 0.9,
    });
  });

  it.each([
    [{ users: 'many' }, '--users must be a number'],
    [{ users: '' }, '--users must be a number'],
    [{ users: '0' }, '--users must be a number from 1'],
    [{ 'confirm-share': '1.1' }, '--confirm-share must be a number from 0 to 1'],
    [{ 'watchers-share': '0.9', 'buyers-share': '0.2' }, 'must not exceed 1 together'],
  ])('reject %j', (options, message) => {
    expect(() => readDemand(options)).toThrow(message);
  });
});

describe('the inputs of the capacity model', () => {
  it('are the ones that the model knows, and none is negative', () => {
    const own = toCosts();
    expect(Object.keys(own).toSorted()).toEqual(Object.keys(costs).toSorted());
    for (const [name, value] of Object.entries(own)) expect([name, value >= 0]).toEqual([name, true]);
  });
});
