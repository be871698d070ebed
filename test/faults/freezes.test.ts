import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { sql } from '../../src/platform/database/db.ts';
import { sessionTimeoutsMs } from '../../src/platform/database/session-settings.ts';
import type { BatchStep } from '../../src/booking/batch/batch.ts';
import type { Buyer } from '../torture/buyers/buyers.ts';
import { runClients } from '../torture/buyers/clients.ts';
import { Random } from '../torture/random.ts';
import type { ServerProcess } from '../support/processes/server-process.ts';
import { getBookingId, FaultBench, holdOf } from './fault-bench.ts';

let bench: FaultBench;
let buyer: Buyer;
let rival: Buyer;

beforeAll(async () => {
  bench = await FaultBench.start();
  [buyer, rival] = (await bench.buyers(2)) as [Buyer, Buyer];
});

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

/** PostgreSQL ends an idle transaction itself. The rest allows for a loaded machine and for the rival's retry. */
const WAIT_MAX_MS = sessionTimeoutsMs.idle_in_transaction_session_timeout + 3_000;

async function isStopped(server: ServerProcess): Promise<boolean> {
  return /^State:\s+T/m.test(await readFile(`/proc/${server.pid}/status`, 'utf8'));
}

describe('a node that freezes during a batch', () => {
  it.each([
    ['planned', false],
    ['locked', true],
    ['decided', true],
    ['written', true],
    ['versioned', true],
  ] as const satisfies readonly (readonly [BatchStep, boolean])[])(
    '(%s) blocks its seats only until the server ends its transaction, and resumes without harm',
    async (step, hasLocks) => {
      const hall = await bench.hall();
      const node = await bench.stepping({ step, batch: 1, signal: 'SIGSTOP' });
      const frozen = hall.ask(node, buyer, holdOf([3, 4], 'of the frozen'));
      await eventually('the node is frozen', () => isStopped(node));
      const startedAt = performance.now();
      const taken = getBookingId(await hall.ask(bench.steady, rival, holdOf([3, 4], null)));
      const waitedMs = performance.now() - startedAt;
      console.info(`frozen when ${step}: a rival for the same seats waited ${waitedMs.toFixed(0)} ms`);
      expect(waitedMs).toBeLessThan(hasLocks ? WAIT_MAX_MS : sessionTimeoutsMs.lock_timeout);
      node.thaw();
      expect(await frozen).toMatchObject({ kind: expect.stringMatching(/refused|nothing/) as string });
      expect(await hall.bookings()).toEqual([{ id: taken, status: 'HOLD' }]);
      await node.stop();
      expect(await hall.breaches()).toEqual([]);
    },
  );

  it('(committed) blocks nobody, and returns its booking when it resumes', async () => {
    const hall = await bench.hall();
    const node = await bench.stepping({ step: 'committed', batch: 1, signal: 'SIGSTOP' });
    const frozen = hall.ask(node, buyer, holdOf([3, 4], null));
    await eventually('the node is frozen', () => isStopped(node));
    const refused = await hall.ask(bench.steady, rival, holdOf([4, 5], null));
    expect(refused).toMatchObject({ kind: 'refused', code: 'SEATS_UNAVAILABLE', seats: [4] });
    node.thaw();
    getBookingId(await frozen);
    await node.stop();
    expect(await hall.breaches()).toEqual([]);
  });

  it.each(['planned', 'locked', 'versioned'] as const)(
    '(%s) until after the deadline of the hold that it confirms: the next buyer gets the seats, and the confirmation fails',
    async (step) => {
      const hall = await bench.hall({ holdTtlMs: 2_000 });
      const node = await bench.stepping({ step, batch: 2, signal: 'SIGSTOP' });
      const bookingId = getBookingId(await hall.ask(node, buyer, holdOf([8], null)));
      const frozen = hall.ask(node, buyer, { kind: 'confirm', bookingId, key: 'late' });
      await eventually('the node is frozen', () => isStopped(node));
      await eventually('the deadline passes', async () => {
        const overdue = await bench.database.reads.$queryRaw<unknown[]>(sql`SELECT 1 FROM bookings
          WHERE id = ${bookingId}::uuid AND hold_expires_at <= clock_timestamp()`);
        return overdue.length > 0;
      });
      getBookingId(await hall.ask(bench.steady, rival, holdOf([8], null)));
      node.thaw();
      expect(await frozen).toMatchObject({ kind: expect.stringMatching(/refused|nothing/) as string });
      await node.stop();
      expect(await hall.breaches()).toEqual([]);
    },
  );
});

describe('a crash of PostgreSQL during traffic', () => {
  it('loses no answered request and repeats none', async () => {
    const hall = await bench.hall({ rows: 6, holdTtlMs: 1_500 });
    const stop = new AbortController();
    const clients = runClients({
      nodes: [bench.steady, bench.proxied].map((server, i) => ({ name: `node ${i}`, server })),
      buyers: await bench.buyers(10),
      halls: [hall.history],
      random: new Random(1),
      count: 20,
      stop: stop.signal,
    });
    for (let crash = 1; crash <= 2; crash++) {
      const before = hall.history.attempts.length;
      await eventually('there is traffic', () => hall.history.attempts.length > before + 50);
      await bench.postgres.restart('immediate');
    }
    const before = hall.history.attempts.length;
    await eventually('traffic continues', () => hall.history.attempts.length > before + 50);
    stop.abort();
    await clients;
    expect(await hall.breaches()).toEqual([]);
  });
});
