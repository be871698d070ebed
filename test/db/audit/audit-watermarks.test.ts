import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { printReport } from '../../../src/booking/audit/print-report.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { createWatermarks, type Watermarks, watermarkKey } from '../../../src/messaging/publisher.ts';
import { startAuditBench, type AuditBench } from './audit.fixture.ts';

let bench: AuditBench;
let key: string;
let version: number;

beforeAll(async () => {
  bench = await startAuditBench();
  key = watermarkKey(bench.hall.eventId);
  version = Number(await bench.redis.get(key));
});

afterAll(() => bench[Symbol.asyncDispose]());

const lastChangeWas = (secondsAgo: number) =>
  bench.app.database.reads.$executeRaw(sql`UPDATE event_changes
    SET committed_at = clock_timestamp() - make_interval(secs => ${secondsAgo}::float8) WHERE version = ${version}`);

const countsOf = async () => {
  const { findings } = await bench.audit();
  return Object.fromEntries(findings.flatMap(({ id, count }) => (count === 0 ? [] : [[id, count]])));
};

beforeEach(async () => {
  await bench.redis.set(key, version);
  await lastChangeWas(10);
});

describe('the audit of the watermarks', () => {
  it('accepts a watermark that equals the version', async () => {
    expect(printReport(await bench.audit())).toMatch(/everything is published \.+ 0/);
  });

  it.for([
    ['behind', -1],
    ['ahead', 1],
  ] as const)('finds one that is %s', async ([, by]) => {
    await bench.redis.set(key, version + by);
    expect(await countsOf()).toEqual({ I11: 1 });
  });

  it('finds a missing watermark', async () => {
    await bench.flushRedis();
    expect(await countsOf()).toEqual({ I11: 1 });
  });

  it('accepts a missing watermark of an event that had no change for long', async () => {
    await bench.flushRedis();
    await lastChangeWas(3_600);
    expect(await countsOf()).toEqual({});
  });

  it('ignores an event that has just changed', async () => {
    await bench.redis.set(key, version - 1);
    await lastChangeWas(0);
    expect(await countsOf()).toEqual({});
  });

  it('raises no alarm if the watermark is corrected before the second check', async () => {
    await bench.redis.set(key, version - 1);
    const watermarks = createWatermarks(bench.redis);
    const published: Watermarks = {
      ...watermarks,
      async read(eventIds) {
        const read = await watermarks.read(eventIds);
        await watermarks.raise(bench.hall.eventId, version);
        return read;
      },
    };
    const { breaches } = await bench.audit({ watermarks: published });
    expect(breaches).toBe(0);
  });

  it('reports if no Redis is configured', async () => {
    const { findings, breaches } = await bench.audit({ watermarks: null });
    expect(findings.find(({ id }) => id === 'I11')).toMatchObject({
      count: null,
      unchecked: 'no Redis is configured',
    });
    expect(breaches).toBe(0);
  });
});
