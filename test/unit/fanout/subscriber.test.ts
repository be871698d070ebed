import type { SharedOperation } from '../../../src/graphql/engine/shared-operation.ts';
import { describe, expect, it } from 'vitest';
import {
  Subscriber,
  transitions,
  type Consumer,
  type SubscriberEvent,
  type SubscriberState,
} from '../../../src/fanout/subscriber.ts';
import type { SeatSource } from '../../../src/seating/live/seat-updates.ts';

/** Events that bring a new subscriber into each state. */
const paths: Readonly<Record<SubscriberState, readonly SubscriberEvent[]>> = {
  starting: [],
  resuming: ['resume'],
  live: ['sent'],
  behind: ['full'],
  gone: ['leave'],
};

/** Every event that can occur, with the state that follows. */
const possible: Readonly<Record<SubscriberState, Partial<Record<SubscriberEvent, SubscriberState>>>> = {
  starting: { resume: 'resuming', sent: 'live', full: 'behind', leave: 'gone' },
  resuming: { read: 'starting', leave: 'gone' },
  live: { sent: 'live', full: 'behind', overrun: 'starting', leave: 'gone' },
  behind: { drained: 'starting', leave: 'gone' },
  gone: { read: 'gone', drained: 'gone' },
};

const states = Object.keys(transitions) as SubscriberState[];
const events = Object.keys(transitions.starting) as SubscriberEvent[];
const pairs = states.flatMap((state) => events.map((event) => [state, event] as const));

function subscriberIn(state: SubscriberState): Subscriber {
  const source = { afterVersion: null } as SeatSource;
  const subscriber = new Subscriber({
    operation: {} as SharedOperation,
    source,
    consumer: {} as Consumer,
    at: 0,
  });
  for (const event of paths[state]) subscriber.apply(event);
  expect(subscriber.state).toBe(state);
  return subscriber;
}

describe('the transition table of a subscriber', () => {
  it('has a row for each of five states, and a column for each of seven events', () => {
    expect(states.toSorted()).toEqual(Object.keys(paths).toSorted());
    expect(pairs).toHaveLength(35);
    for (const row of Object.values(transitions)) expect(Object.keys(row)).toEqual(events);
  });

  it.each(pairs)('is followed in state "%s" for event "%s"', (state, event) => {
    const subscriber = subscriberIn(state);
    const next = possible[state][event];
    if (next === undefined) {
      expect(() => subscriber.apply(event)).toThrow(
        `bug: event "${event}" of a subscriber that is "${state}"`,
      );
      expect(subscriber.state).toBe(state);
    } else {
      expect(subscriber.apply(event)).toBe(next);
      expect(subscriber.state).toBe(next);
    }
  });
});
