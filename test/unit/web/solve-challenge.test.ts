import { createHash } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import type { Outcome } from '../../../src/web/shop/api/problem.ts';
import { sendWithSolution } from '../../../src/web/shop/api/solve-challenge.ts';

const refusal = {
  ok: false,
  problem: {
    kind: 'api',
    error: { code: 'RATE_LIMITED', retryAfterSeconds: 20, challenge: { token: 'abc', difficultyBits: 8 } },
  },
} as unknown as Outcome<string>;

it('a challenge is solved once, and the request sent again with its solution', async () => {
  const sent: (string | null)[] = [];
  let challenges = 0;
  const outcome = await sendWithSolution<string>(
    async (solution) => {
      sent.push(solution);
      return sent.length === 1 ? refusal : { ok: true, value: 'held' };
    },
    () => challenges++,
  );
  expect(outcome).toEqual({ ok: true, value: 'held' });
  expect(sent).toEqual([null, expect.stringMatching(/^abc\.(0|[1-9]\d*)$/)]);
  expect(createHash('sha256').update(String(sent[1])).digest()[0]).toBe(0);
  expect(challenges).toBe(1);
});

it('a second refusal is final', async () => {
  let count = 0;
  const outcome = await sendWithSolution<string>(
    async () => {
      count++;
      return refusal;
    },
    () => {},
  );
  expect(outcome).toBe(refusal);
  expect(count).toBe(2);
});

it('a page without a secure connection, where the browser does not hash, solves a challenge too', async () => {
  vi.stubGlobal('crypto', {});
  try {
    const solutions: (string | null)[] = [];
    await sendWithSolution<string>(
      async (solution) => {
        solutions.push(solution);
        return refusal;
      },
      () => {},
    );
    expect(createHash('sha256').update(String(solutions[1])).digest()[0]).toBe(0);
  } finally {
    vi.unstubAllGlobals();
  }
});
