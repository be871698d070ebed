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

/** A booking whose reads the test completes one by one. */
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

describe('a subscriber of a booking', () => {
  it('receives its state immediately, and after each change', async () => {
    const { change, updates } = start();
    let state = 'HOLD';
    const bookings = await updates.subscribe(1, 'a', () => Promise.resolve(state));
    expect(await bookings.next()).toEqual(booking('HOLD'));
    const next = bookings.next();
    state = 'CONFIRMED';
    change();
    expect(await next).toEqual(booking('CONFIRMED'));
  });

  it('receives one more message for all changes during a read', async () => {
    const { change, updates } = start();
    const { read, reads, begun } = slowBooking();
    const bookings = await updates.subscribe(1, 'a', read);
    const first = bookings.next();
    await begun(1);
    for (let i = 0; i < 5; i++) change();
    reads[0]?.resolve('HOLD');
    expect(await first).toEqual(booking('HOLD'));
    const second = bookings.next();
    await begun(2);
    reads[1]?.resolve('CONFIRMED');
    expect(await second).toEqual(booking('CONFIRMED'));
    void bookings.next();
    change();
    await begun(3);
    expect(reads).toHaveLength(3);
  });

  it('receives a change that could not be read at first', async () => {
    const { change, updates } = start();
    const answers = [() => Promise.resolve('HOLD'), lost, lost, () => Promise.resolve('CONFIRMED')];
    const bookings = await updates.subscribe(1, 'a', () => answers.shift()?.() ?? lost());
    expect(await bookings.next()).toEqual(booking('HOLD'));
    change();
    expect(await bookings.next()).toEqual(booking('CONFIRMED'));
  });

  it('receives the error and is unsubscribed if reading fails again and again', async () => {
    const { updates } = start();
    let tries = 0;
    const bookings = await updates.subscribe(1, 'a', () => {
      tries++;
      return lost();
    });
    expect(await bookings.next()).toMatchObject({ value: { failure: { message: /terminated/ } } });
    expect(tries).toBeGreaterThan(3);
    expect(await bookings.next()).toEqual(ended);
  });

  it('receives a permanent error immediately', async () => {
    const { updates } = start();
    let tries = 0;
    const bookings = await updates.subscribe(1, 'a', () => {
      tries++;
      return Promise.reject(new TypeError('a mistake'));
    });
    expect(await bookings.next()).toMatchObject({ value: { failure: { message: 'a mistake' } } });
    expect(tries).toBe(1);
    expect(await bookings.next()).toEqual(ended);
  });

  it('can leave during a read, and before a retry', async () => {
    const { change, updates } = start();
    const { read, reads, begun } = slowBooking();
    const left = await updates.subscribe(1, 'a', read);
    const stillRead = left.next();
    await begun(1);
    await left.return?.();
    reads[0]?.resolve('HOLD');
    expect(await stillRead).toEqual(ended);

    let tries = 0;
    const failing = await updates.subscribe(1, 'a', () => {
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

describe('many subscribers', () => {
  it('share a limit on reads, and cause none after they have left', async () => {
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
    const all = await Promise.all(Array.from({ length: 50 }, () => updates.subscribe(1, 'a', read)));
    await Promise.all(all.map((one) => one.next()));
    expect([count, most]).toEqual([50, 4]);
    const next = all.map((one) => one.next());
    change();
    for (const one of all.slice(25)) await one.return?.();
    await Promise.all(next);
    expect([count, most]).toEqual([75, 4]);
  });
});
