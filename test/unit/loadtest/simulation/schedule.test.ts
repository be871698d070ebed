import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Schedule, type Course } from '../../../../loadtest/simulation/sale/schedule.ts';

test('courses run in the order of their times, and at the same time in the order of their start', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (delays) => {
      const schedule = new Schedule();
      const ran: { readonly at: number; readonly id: number }[] = [];
      delays.forEach((delay, id) => schedule.start(note(schedule, ran, id, delay)));
      schedule.runUntil(100);
      const expected = delays
        .map((at, id) => ({ at, id }))
        .sort((one, other) => one.at - other.at || one.id - other.id);
      expect(ran).toEqual(expected);
    }),
  );
});

test('a course continues after the time that it yields, and not after the end', () => {
  const schedule = new Schedule();
  const times: number[] = [];
  schedule.start(repeat(schedule, times, 10));
  schedule.runUntil(35);
  expect(times).toEqual([0, 10, 20, 30]);
  expect(schedule.nowMs).toBe(35);
});

function* note(schedule: Schedule, ran: { at: number; id: number }[], id: number, delayMs: number): Course {
  yield delayMs;
  ran.push({ at: schedule.nowMs, id });
}

function* repeat(schedule: Schedule, times: number[], everyMs: number): Course {
  for (;;) {
    times.push(schedule.nowMs);
    yield everyMs;
  }
}
