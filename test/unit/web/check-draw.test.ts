import { describe, expect, it, vi } from 'vitest';
import { checkDraw } from '../../../src/web/shop/waiting/check-draw.ts';

/*
 * Join indexes and their numbers, as both the server and `npm run verify-draw` compute them. The seed is the SHA-256 of
 * "seed 1", "seed 2" and so on, and the lobby of event 7 has three buyers: b0, b1 and b2 (one in the first).
 */
const draws = [
  {
    seed: 'a25ca73c7189e2a2ca5acf2088b57e283d4cd45aef7549185c2c3b28a4bef1de',
    commitment: 'a4f0bb08fa823d8ee13d3386b1bd54fb7ce6c77e58f3508b656f335ad73d5760',
    digest: '941640823eeddc3881e4c0095a9aefc32acc074d677075a2a740e3efee5376d2',
    lobbySize: 1,
    numbers: [[1, 1]],
  },
  {
    seed: '7ce5fcd046004c9f93dea6b3c2effd72dce15e0eddb2345fb6f45157bef07343',
    commitment: 'fd1353591c6579b677c0cc5e0cc194d78bc3911db81e759e370cff6b561db55e',
    digest: '3b78c8da0540ed74237d6aaff1a4c64a3ae17f855f1a65244aa4f72798142727',
    lobbySize: 50,
    numbers: [
      [1, 47],
      [50, 29],
    ],
  },
  {
    seed: '1ea7ad119cf5e275415ba3dd4642e1ee181fc99041bae962b2d32553d679c119',
    commitment: '6d34e553c24a0b773ee2c6a346abaa2ab8db72a77bcae04c93143447a4968c7e',
    digest: 'ac5763190438dccb9665ad7c2db7f215f36547c0a46b2770005209a2dc7ec93b',
    lobbySize: 1_222,
    numbers: [
      [1, 939],
      [611, 59],
    ],
  },
  {
    seed: 'e0a7fb2a6c687ad279dcbe807d46ce49a6a01d38150d52c0b150651c37c91025',
    commitment: 'a618a3fe04f9b4de8deadbf14742697e43610e52dbbaf4738f537b55515fbcf8',
    digest: 'bf3dcbe8f93b9e72d1c9fa15edfc359ef62ba3b31e886a5130eeb75f1f6a0c62',
    lobbySize: 20_000,
    numbers: [
      [1, 11_340],
      [17, 979],
      [20_000, 15_611],
    ],
  },
  {
    seed: 'e2c4fb80d61b8990d0502ffd5f0d6b01a4ee842bdb92b69bdce5e193b9d22ca3',
    commitment: 'f4c2bae40c35d47cc372a2d3da5924462faf4ccf82453e68fb02e2f92b46fd8d',
    digest: '8edffcfdb878c3907c0793d6ac2b1d48bd99081587548faebf317b821df6121e',
    lobbySize: 2 ** 31 - 1,
    numbers: [
      [1, 1_462_651_134],
      [2 ** 31 - 1, 1_421_255_408],
    ],
  },
] as const;

const [, { numbers: _numbers, ...draw }, other] = draws;
const proof = { ...draw, joinIndex: 50 };
const NUMBER = 29;

const check = (over: object, number = NUMBER, seenCommitment: string | null = null) =>
  checkDraw(() => Promise.resolve({ ...proof, ...over }), number, seenCommitment);

describe('the check of a drawn number', () => {
  it.each(draws)('knows the numbers of a lobby of $lobbySize', async ({ numbers, ...published }) => {
    for (const [joinIndex, number] of numbers) {
      const read = () => Promise.resolve({ ...published, joinIndex });
      expect(await checkDraw(read, number, published.commitment)).toBe(true);
      expect(await checkDraw(read, number + 1, published.commitment)).toBe(false);
    }
  });

  it('fails for another seed, commitment, digest, size or join index', async () => {
    expect(await check({})).toBe(true);
    expect(await check({ seed: other.seed })).toBe(false);
    expect(await check({ seed: 'no seed' })).toBe(false);
    expect(await check({ commitment: other.commitment })).toBe(false);
    expect(await check({ digest: other.digest })).toBe(false);
    expect(await check({ lobbySize: 5_000 })).toBe(false);
    expect(await check({ joinIndex: 49 })).toBe(false);
  });

  it('fails for a seed with another commitment than the lobby had', async () => {
    expect(await check({}, NUMBER, proof.commitment)).toBe(true);
    expect(await check({}, NUMBER, other.commitment)).toBe(false);
  });

  it('expects the join index of who joined after the draw', async () => {
    expect(await check({ joinIndex: 51 }, 51)).toBe(true);
    expect(await check({ joinIndex: 51 }, 50)).toBe(false);
  });

  it('is left out without a proof, and before the seed is published', async () => {
    expect(await checkDraw(() => Promise.resolve(null), NUMBER, null)).toBeNull();
    for (const field of ['digest', 'lobbySize', 'seed', 'joinIndex'])
      expect(await check({ [field]: null })).toBeNull();
  });

  it('needs no secure connection, without which browsers do not hash', async () => {
    vi.stubGlobal('crypto', {});
    try {
      expect(await check({})).toBe(true);
      expect(await check({}, NUMBER + 1)).toBe(false);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
