import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { BookingUpdates } from '../../../src/seating/live/booking-updates.ts';
import { LiveFeeds } from '../../../src/seating/live/live-feeds.ts';
import { eventually } from '../../support/eventually.ts';
import { Recorded } from '../live-feed/recorded-event.fixture.ts';

const logger = createLogger('silent');
const lost = () => Promise.reject(new Error('Connection terminated unexpectedly'));

function start() {
  const recorded = new Recorded();
  const event = recorded.add(1);
  const { db, subscriber } = recorded;
  const feeds = new LiveFeeds({ db, subscriber, logger, tickMs: -1 });
  onTestFinished(() => feeds.stop());
  const updates = new BookingUpdates({ feeds, logger });
  return { change: () => recorded.deliver(event.commit([[0, 1]], ['a'])), feeds, updates };
}

/** A booking whose reads the test lets go on, one by one. */
function slowBooking() {
  const reads: PromiseWithResolvers<string>[] = [];
  const read = () => {
    const one = Promise.withResolvers<string>();
    reads.push(one);
    return one.promise;
  };
  const begun = (count: number) => eventually(`${count} read(s) have begun`, () => reads.length >= count);
  return { read, reads, begun };
}

const booking = (state: string) => ({ done: false, value: { booking: state } });
const ended = { done: true, value: undefined };

describe('who follows a booking', () => {
  it('is told its state at once, and after each change', async () => {
    const { change, updates } = start();
    let state = 'HOLD';
    const followed = await updates.follow(1, 'a', () => Promise.resolve(state));
    expect(await followed.next()).toEqual(booking('HOLD'));
    const next = followed.next();
    state = 'CONFIRMED';
    change();
    expect(await next).toEqual(booking('CONFIRMED'));
  });

  it('is told once more, and no more, of all that changes while the booking is read', async () => {
    const { change, updates } = start();
    const { read, reads, begun } = slowBooking();
    const followed = await updates.follow(1, 'a', read);
    const first = followed.next();
    await begun(1);
    for (let i = 0; i < 5; i++) change();
    reads[0]?.resolve('HOLD');
    expect(await first).toEqual(booking('HOLD'));
    const second = followed.next();
    await begun(2);
    reads[1]?.resolve('CONFIRMED');
    expect(await second).toEqual(booking('CONFIRMED'));
    void followed.next();
    change();
    await begun(3);
    expect(reads).toHaveLength(3);
  });

  it('is told of a change that could not be read at first', async () => {
    const { change, updates } = start();
    const answers = [() => Promise.resolve('HOLD'), lost, lost, () => Promise.resolve('CONFIRMED')];
    const followed = await updates.follow(1, 'a', () => answers.shift()?.() ?? lost());
    expect(await followed.next()).toEqual(booking('HOLD'));
    change();
    expect(await followed.next()).toEqual(booking('CONFIRMED'));
  });

  it('is told the error and sent away where reading fails again and again', async () => {
    const { updates } = start();
    let tries = 0;
    const followed = await updates.follow(1, 'a', () => {
      tries++;
      return lost();
    });
    expect(await followed.next()).toMatchObject({ value: { failure: { message: /terminated/ } } });
    expect(tries).toBeGreaterThan(3);
    expect(await followed.next()).toEqual(ended);
  });

  it('is told at once of an error that will not pass', async () => {
    const { updates } = start();
    let tries = 0;
    const followed = await updates.follow(1, 'a', () => {
      tries++;
      return Promise.reject(new TypeError('a mistake'));
    });
    expect(await followed.next()).toMatchObject({ value: { failure: { message: 'a mistake' } } });
    expect(tries).toBe(1);
    expect(await followed.next()).toEqual(ended);
  });

  it('can leave while the booking is read, and while a read is to be tried again', async () => {
    const { change, updates } = start();
    const { read, reads, begun } = slowBooking();
    const left = await updates.follow(1, 'a', read);
    const stillRead = left.next();
    await begun(1);
    await left.return?.();
    reads[0]?.resolve('HOLD');
    expect(await stillRead).toEqual(ended);

    let tries = 0;
    const failing = await updates.follow(1, 'a', () => {
      tries++;
      return lost();
    });
    const tried = failing.next();
    await eventually('a read has failed', () => tries === 1);
    await failing.return?.();
    expect(await tried).toEqual(ended);
    change();
    expect([reads.length, tries]).toEqual([1, 1]);
  });
});

describe('many who follow', () => {
  it('are read for a few at a time, and those who have left not at all', async () => {
    const { change, updates } = start();
    let reading = 0;
    let most = 0;
    let count = 0;
    const read = async () => {
      count++;
      most = Math.max(most, ++reading);
      await new Promise((resolve) => setImmediate(resolve));
      reading--;
    };
    const all = await Promise.all(Array.from({ length: 50 }, () => updates.follow(1, 'a', read)));
    await Promise.all(all.map((one) => one.next()));
    expect([count, most]).toEqual([50, 4]);
    const next = all.map((one) => one.next());
    change();
    for (const one of all.slice(25)) await one.return?.();
    await Promise.all(next);
    expect([count, most]).toEqual([75, 4]);
  });
});
