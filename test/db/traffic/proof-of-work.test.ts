import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { solveProofOfWork } from '../../../docs/examples/solve-proof-of-work.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { ProofOfWork } from '../../../src/traffic/challenge/proof-of-work.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';
import { ManualClock } from './traffic.fixture.ts';

const bearer = { eventId: 7, identity: 'ada' };
const BITS = 10;

let server: TestRedis;
let redis: Redis;
let clock: ManualClock;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.address, 'challenges', silent);
  await eventually('a connection to Redis', () => redis.status === 'ready');
});
beforeEach(() => (clock = new ManualClock()));
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const start = () => new ProofOfWork({ secret: 'a secret', difficultyBits: BITS, redis, clock });

describe('a solution of a proof of work', () => {
  it('is accepted once, by all processes together', async () => {
    const [one, two] = [start(), start()];
    const solution = await solveProofOfWork(one.issue(bearer).token, BITS);
    expect([await two.verify(bearer, solution), await one.verify(bearer, solution)]).toEqual([true, false]);
    expect(await two.verify(bearer, solution)).toBe(false);
  });

  it('is worth nothing to another buyer, at another event, or after two minutes', async () => {
    const provider = start();
    const solution = await solveProofOfWork(provider.issue(bearer).token, BITS);
    expect(await provider.verify({ ...bearer, identity: 'bob' }, solution)).toBe(false);
    expect(await provider.verify({ ...bearer, eventId: 8 }, solution)).toBe(false);
    clock.advance(120_000);
    expect(await provider.verify(bearer, solution)).toBe(false);
  });

  it('needs the work, and the signature of this server', async () => {
    const provider = start();
    const { token } = provider.issue(bearer);
    const texts = Array.from({ length: 64 }, (_, counter) => `${token}.${counter}`);
    const hash = (text: string) => createHash('sha256').update(text).digest();
    const withoutWork = texts.find((text) => (hash(text)[0] ?? 0) >= 128) ?? '';
    expect(await provider.verify(bearer, withoutWork)).toBe(false);
    const other = new ProofOfWork({ secret: 'another', difficultyBits: BITS, redis, clock });
    expect(await provider.verify(bearer, await solveProofOfWork(other.issue(bearer).token, BITS))).toBe(
      false,
    );
  });

  it('is accepted once by each process while Redis is away', async () => {
    const away = connectRedis(server.address, 'challenges', silent);
    away.disconnect();
    const provider = new ProofOfWork({ secret: 'a secret', difficultyBits: BITS, redis: away, clock });
    const solution = await solveProofOfWork(provider.issue(bearer).token, BITS);
    expect([await provider.verify(bearer, solution), await provider.verify(bearer, solution)]).toEqual([
      true,
      false,
    ]);
  });

  it('has one form: other texts for the same bytes are refused', async () => {
    const provider = start();
    const { token } = provider.issue(bearer);
    // The last character carries two bits that no byte uses.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = token.slice(0, -1) + (alphabet[alphabet.indexOf(token.at(-1) ?? '') + 1] ?? '');
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(token, 'base64url'));
    expect(await provider.verify(bearer, await solveProofOfWork(twin, BITS))).toBe(false);
  });

  it('leaves one key in Redis, which expires with the challenge', async () => {
    const provider = start();
    const { token } = provider.issue(bearer);
    await provider.verify(bearer, await solveProofOfWork(token, BITS));
    const ttlMs = await redis.pttl(`event:{7}:challenge:${token}`);
    expect(ttlMs).toBeGreaterThan(0);
    expect(ttlMs).toBeLessThanOrEqual(120_000);
  });

  it.each(['', '.', 'a.0', `${'A'.repeat(43)}.0`, `${'A'.repeat(43)}.00`, 'A'.repeat(100_000)])(
    'is refused if it is not one: %.20s',
    async (text) => {
      expect(await start().verify(bearer, text)).toBe(false);
    },
  );
});
