import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RateLimitedError } from '../../../src/platform/errors.ts';
import type { EndedHold } from '../../../src/traffic/port.ts';
import { LocalProbing, type Subjects } from '../../../src/traffic/probing/local-probing.ts';
import type { Signal } from '../../../src/traffic/probing/rules.ts';
import { SharedProbing } from '../../../src/traffic/probing/shared-probing.ts';
import { solveProofOfWork } from '../../../docs/examples/solve-proof-of-work.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';
import { Random } from '../../torture/random.ts';
import { LimitedProcess, ManualClock } from './traffic.fixture.ts';

const EVENT = 7;
const HOLD_MS = 300_000;

let redis: TestRedis;
let client: Redis;
let clock: ManualClock;

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redis.nodeOf(`{${EVENT}}`).url);
});
beforeEach(async () => {
  clock = new ManualClock();
  await client.flushall();
});
afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

const start = (difficultyBits?: number) =>
  LimitedProcess.start(redis.address, {}, clock, { antiProbing: true, difficultyBits });

/** One buyer, in one process. */
class Buyer {
  readonly id: string = randomUUID();
  readonly #process: LimitedProcess;
  readonly #address: string;

  constructor(process: LimitedProcess, address = '203.0.113.7') {
    this.#process = process;
    this.#address = address;
  }

  /** Judges the buyer who wants to hold seats. Returns null or the refusal. */
  async judge(seats: readonly number[] = [99], eventId = EVENT, solution: string | null = null) {
    const budget = this.#budget();
    try {
      await budget.reserveSeats({ eventId, count: seats.length, seats, operation: 'holdSeats', solution });
      return null;
    } catch (error) {
      return error as RateLimitedError;
    }
  }

  async hold(seats: readonly number[] = [1]): Promise<EndedHold> {
    const createdAtMs = clock.nowMs();
    const holdExpiresAtMs = createdAtMs + HOLD_MS;
    const hold = { id: randomUUID(), buyerId: this.id, status: 'HOLD', seats, createdAtMs, holdExpiresAtMs };
    this.#budget().noteHeld({ ...hold, eventId: EVENT });
    await this.#process.limits.probing?.idle();
    return hold;
  }

  async end(hold: EndedHold, status: string): Promise<void> {
    this.#process.limits.probing?.note(EVENT, [{ ...hold, status }]);
    await this.#process.limits.probing?.idle();
  }

  async waste(holds: number): Promise<void> {
    for (let i = 0; i < holds; i++) await this.end(await this.hold([1_000 + i]), 'EXPIRED');
  }

  async tryTaken(seats: readonly number[], times: number): Promise<void> {
    for (let i = 0; i < times; i++) this.#budget().noteTaken(EVENT, seats);
    await this.#process.limits.probing?.idle();
  }

  #budget() {
    const budget = this.#process.limits.open(this.#address);
    budget.identify(this.id);
    return budget;
  }
}

describe('measures against probing', () => {
  it('hold in all processes, for the event and the identity that they are about', async () => {
    await using one = await start();
    await using two = await start();
    const prober = new Buyer(one);
    await prober.waste(6);
    expect(await prober.judge()).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 86_400 });
    const elsewhere = new Buyer(two, '198.51.100.1');
    Object.assign(elsewhere, { id: prober.id });
    expect((await elsewhere.judge())?.retryAfterSeconds).toBe(86_400);
    expect(await elsewhere.judge([1], EVENT + 1)).toBeNull();
    expect(await new Buyer(two, '198.51.100.1').judge()).toBeNull();
  });

  it('slow a sniper, and let it try once in 20 seconds', async () => {
    await using process = await start();
    const sniper = new Buyer(process);
    await sniper.tryTaken([1, 2], 9);
    expect(await sniper.judge()).toBeNull();
    expect(await sniper.judge()).toMatchObject({
      retryAfterSeconds: 20,
      message:
        'You tried to hold the same unavailable seats too often. Holds are limited to a slow pace; retry in 20 s.',
    });
    clock.advance(20_000);
    expect([await sniper.judge(), (await sniper.judge())?.retryAfterSeconds]).toEqual([null, 20]);
  });

  it('let a slowed buyer solve a challenge for one attempt instead of waiting', async () => {
    await using process = await start(8);
    const sniper = new Buyer(process);
    await sniper.tryTaken([1, 2], 9);
    expect(await sniper.judge()).toBeNull();
    const challenge = (await sniper.judge())?.challenge;
    expect(challenge).toMatchObject({ kind: 'PROOF_OF_WORK', difficultyBits: 8 });
    const solution = await solveProofOfWork(challenge?.token ?? '', 8);
    expect(await new Buyer(process).judge()).toBeNull();
    expect(await sniper.judge([99], EVENT, `${challenge?.token}.x`)).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await sniper.judge([99], EVENT, solution)).toBeNull();
    expect(await sniper.judge([99], EVENT, solution)).toMatchObject({ retryAfterSeconds: 20 });
  });

  it('cannot be lifted by a solution once they are more than slow', async () => {
    await using process = await start(8);
    const prober = new Buyer(process);
    await prober.tryTaken([1, 2], 9);
    await prober.judge();
    const solution = await solveProofOfWork((await prober.judge())?.challenge?.token ?? '', 8);
    await prober.waste(6);
    const refused = await prober.judge([99], EVENT, solution);
    expect(refused).toMatchObject({ retryAfterSeconds: 86_400, challenge: null });
  });

  it('count holds that ended in another process against the address that made them', async () => {
    await using api = await start();
    await using worker = await start();
    for (let i = 0; i < 12; i++) {
      const buyer = new Buyer(api);
      const hold = await buyer.hold([i]);
      worker.limits.probing?.note(EVENT, [{ ...hold, status: 'EXPIRED' }]);
      await worker.limits.probing?.idle();
    }
    expect((await new Buyer(api).judge())?.message).toMatch(
      /^Buyers at your address held seats several times/,
    );
    expect(await new Buyer(api, '203.0.113.8').judge()).toBeNull();
  });

  it('spare an address whose buyers pay', async () => {
    await using process = await start();
    for (let i = 0; i < 12; i++) {
      const [payer, other] = [new Buyer(process), new Buyer(process)];
      await payer.end(await payer.hold([i]), 'CONFIRMED');
      await other.end(await other.hold([100 + i]), 'EXPIRED');
    }
    expect(await new Buyer(process).judge()).toBeNull();
  });

  it('keep a seat from the identity that holds it again and again, and from no other', async () => {
    await using process = await start();
    const cycler = new Buyer(process);
    for (let i = 0; i < 2; i++) {
      const hold = await cycler.hold([17]);
      clock.advance(HOLD_MS - 1_000);
      await cycler.end(hold, 'RELEASED');
    }
    expect((await cycler.judge([16, 17]))?.message).toMatch(/^You held one of these seats several times/);
    expect([await cycler.judge([18]), await new Buyer(process).judge([17])]).toEqual([null, null]);
  });

  it('are logged with their reason, once when they begin, without a user or an address', async () => {
    await using process = await start();
    const prober = new Buyer(process);
    await prober.waste(5);
    await prober.judge();
    expect(process.log).toMatchObject([
      {
        msg: 'measure against probing',
        eventId: EVENT,
        measure: 'cool-down',
        scope: 'identity',
        reason: 'wasted',
      },
      {
        msg: 'rate limit exceeded',
        limit: 'probing-cool-down-identity',
        operation: 'holdSeats',
        reason: 'wasted',
      },
    ]);
    expect(JSON.stringify(process.log)).not.toMatch(new RegExp(`${prober.id}|203\\.0\\.113`));
  });

  it('are forgotten by Redis: every key expires', async () => {
    await using process = await start();
    const prober = new Buyer(process);
    await prober.waste(4);
    await prober.tryTaken([1, 2], 30);
    for (let i = 0; i < 2; i++) await prober.end(await prober.hold([17]), 'EXPIRED');
    await prober.judge();
    const keys = await client.keys('*');
    const ttls = await Promise.all(keys.map((key) => client.pttl(key)));
    expect(keys.length).toBeGreaterThan(4);
    expect(keys.every((key) => key.startsWith(`event:{${EVENT}}:`))).toBe(true);
    expect(ttls.filter((ttl) => ttl <= 0)).toEqual([]);
  });

  it('take at most 10 kB of Redis for an identity that tries every seat', async () => {
    await using process = await start();
    const prober = new Buyer(process);
    for (let seat = 0; seat < 1_000; seat += 10)
      await prober.tryTaken(
        Array.from({ length: 10 }, (_, i) => seat + i),
        1,
      );
    const [key = ''] = await client.keys(`event:{${EVENT}}:probing:identity:${'?'.repeat(22)}`);
    expect(await client.hlen(key)).toBe(96);
    expect(await client.memory('USAGE', key)).toBeLessThan(10_000);
  });

  it('apply in each process while Redis is away', async () => {
    await using process = await start();
    process.redis.disconnect();
    const prober = new Buyer(process);
    await prober.waste(6);
    expect(await prober.judge()).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 86_400 });
    expect(await new Buyer(process, '198.51.100.1').judge()).toBeNull();
  });

  it('stay as strict when a later signal asks for less', async () => {
    await using process = await start();
    const prober = new Buyer(process);
    await prober.waste(6);
    clock.advance(45 * 60_000);
    await prober.waste(1);
    expect((await prober.judge())?.retryAfterSeconds).toBe(86_400 - 45 * 60);
  });

  it('count against the network of the identities that have them', async () => {
    await using process = await start();
    for (let i = 0; i < 20; i++) await new Buyer(process, `203.0.113.${i}`).tryTaken([1, 2], 20);
    expect((await new Buyer(process, '203.0.113.200').judge())?.message).toMatch(
      /^Buyers in your network used/,
    );
  });

  it('are off unless they are asked for', async () => {
    await using process = await LimitedProcess.start(redis.address, {}, clock);
    const prober = new Buyer(process);
    await prober.waste(10);
    expect(await prober.judge()).toBeNull();
  });
});

it('signals beyond 2,000 that are on their way to Redis are dropped', async () => {
  await using process = await start();
  const buyer = new Buyer(process);
  await Promise.all(Array.from({ length: 3_000 }, () => buyer.hold([1])));
  expect(await client.keys(`event:{${EVENT}}:probing:hold:*`)).toHaveLength(2_000);
});

it('Redis decides as the process does, for 1,500 random signals and holds', async () => {
  await using process = await start();
  const random = new Random(11);
  const [shared, local] = [new SharedProbing(process.redis, 30_000), new LocalProbing(1_000)];
  const kinds = ['taken', 'taken', 'held', 'released', 'expired', 'confirmed', 'confirmed'] as const;
  let nowMs = 1_800_000_000_000;
  let refused = 0;
  for (let i = 0; i < 1_500; i++) {
    // Redis expires keys by its own clock, so that nothing expires during the test.
    nowMs += random.whole(0, 20_000);
    const n = random.whole(1, 40);
    const subjects: Subjects = { identity: `i${n}`, address: `a${n % 20}`, network: `n${n % 5}` };
    const seats = [random.whole(1, 5), random.whole(6, 9)];
    const signal: Signal = { kind: random.pick(kinds), seats, heldMs: random.whole(0, HOLD_MS) };
    const raised = await shared.record(EVENT, subjects, signal, nowMs);
    expect(raised).toEqual(local.record(subjects, signal, nowMs));
    const found = await shared.judge(EVENT, subjects, seats, nowMs);
    const expected = local.judge(subjects, seats, nowMs);
    expect([found?.measure, found?.scope, found?.reason, found?.retryAfterMs]).toEqual([
      expected?.measure,
      expected?.scope,
      expected?.reason,
      expected?.retryAfterMs,
    ]);
    if (found !== null) refused++;
  }
  expect([refused > 100, refused < 1_400]).toEqual([true, true]);
});
