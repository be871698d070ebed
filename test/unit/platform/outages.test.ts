import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addOutage, getDeadlineMs, type Outage } from '../../../src/platform/service/outages.ts';

const over = (startedAtMs: number, endedAtMs: number): Outage => ({
  startedAtMs,
  endedAtMs,
  creditedUntilMs: Infinity,
});
const lasting = (startedAtMs: number, creditedUntilMs = Infinity): Outage => ({
  startedAtMs,
  endedAtMs: null,
  creditedUntilMs,
});
/** Created at 100, and it may live for 50. */
const hold = { createdAtMs: 100, holdExpiresAtMs: 150 };

describe('the deadline of a hold', () => {
  it.each<[string, Outage[], number]>([
    ['without an outage is the stored one', [], 150],
    ['moves by a whole outage, so that the buyer has as much time left as before', [over(140, 200)], 210],
    ['moves by the part of an outage after the hold', [over(50, 110)], 160],
    ['does not move by an outage before the hold', [over(10, 90)], 150],
    ['does not move by an outage that began at the deadline', [over(150, 200)], 150],
    ['moves by an outage that began just before', [over(149, 200)], 201],
    ['moves by an outage in the time that an earlier one added', [over(140, 200), over(205, 300)], 305],
    ['does not move by outages after that', [over(140, 200), over(210, 300), over(310, 320)], 210],
    ['moves while an outage lasts', [lasting(140)], 410],
    ['moves until the outage has lasted for the maximum', [lasting(140, 180)], 190],
    ['moves by the maximum of an outage that has ended', [{ ...over(140, 300), creditedUntilMs: 180 }], 190],
  ])('%s', (_, outages, deadlineMs) => {
    expect(getDeadlineMs(hold, outages, 400)).toBe(deadlineMs);
  });

  it('is when the hold has lived as long as it may, outages aside', () => {
    fc.assert(
      fc.property(
        arbitraryOutages(),
        fc.nat(300),
        fc.integer({ min: 1, max: 100 }),
        (outages, created, ttl) => {
          const isOutage = (at: number) =>
            outages.some(
              (each) => each.startedAtMs <= at && at < Math.min(each.endedAtMs ?? 0, each.creditedUntilMs),
            );
          let at = created;
          for (let lived = 0; lived < ttl; at++) if (!isOutage(at)) lived++;
          // The moment at which the last unit of life ends: an outage that begins then is too late.
          const times = { createdAtMs: created, holdExpiresAtMs: created + ttl };
          expect(getDeadlineMs(times, outages, 1_000)).toBe(at);
        },
      ),
    );
  });
});

function arbitraryOutages(): fc.Arbitrary<Outage[]> {
  const part = fc.record({
    pause: fc.integer({ min: 1, max: 60 }),
    length: fc.integer({ min: 1, max: 60 }),
    credit: fc.nat(80),
  });
  return fc.array(part, { maxLength: 5 }).map((parts) => {
    let at = 0;
    return parts.map(({ pause, length, credit }) => {
      const startedAtMs = at + pause;
      at = startedAtMs + length;
      return { startedAtMs, endedAtMs: at, creditedUntilMs: startedAtMs + credit };
    });
  });
}

describe('the current outage', () => {
  it('is added to those that the database has', () => {
    expect(addOutage([over(1, 2)], lasting(5, 10))).toEqual([over(1, 2), lasting(5, 10)]);
  });

  it('is merged with those that it meets, so that no time counts twice', () => {
    expect(addOutage([over(1, 2), over(3, 6), lasting(7, 12)], lasting(5, 10))).toEqual([
      over(1, 2),
      lasting(3, Infinity),
    ]);
  });
});
