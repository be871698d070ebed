import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { printReport } from '../../../src/booking/audit/print-report.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { watermarksIn, type Watermarks } from '../../../src/messaging/watermarks.ts';
import { watermarkKey } from '../../../src/messaging/topics.ts';
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
  it('takes a watermark that is the version for well', async () => {
    expect(printReport(await bench.audit())).toMatch(/everything is published \.+ 0/);
  });

  it.for([
    ['behind', -1],
    ['ahead', 1],
  ] as const)('finds one that is %s', async ([, by]) => {
    await bench.redis.set(key, version + by);
    expect(await countsOf()).toEqual({ I11: 1 });
  });

  it('finds that one is missing', async () => {
    await bench.redis.flushall();
    expect(await countsOf()).toEqual({ I11: 1 });
  });

  it('lets Redis forget what has long been quiet', async () => {
    await bench.redis.flushall();
    await lastChangeWas(3_600);
    expect(await countsOf()).toEqual({});
  });

  it('leaves an event alone that changed just now', async () => {
    await bench.redis.set(key, version - 1);
    await lastChangeWas(0);
    expect(await countsOf()).toEqual({});
  });

  it('raises no alarm where it comes right before the audit looks again', async () => {
    await bench.redis.set(key, version - 1);
    const watermarks = watermarksIn(bench.redis);
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

  it('says so where no Redis is configured', async () => {
    const { findings, breaches } = await bench.audit({ watermarks: null });
    expect(findings.find(({ id }) => id === 'I11')).toMatchObject({
      count: null,
      unchecked: 'no Redis is configured',
    });
    expect(breaches).toBe(0);
  });
});
