import { sleep } from 'k6';
import { Counter } from 'k6/metrics';
import { browse, holdSeats, mutate } from './api.ts';
import { findSeats } from './find-seats.ts';
import { plan } from './plan.ts';
import { around, randomBelow } from './random.ts';

/** Buyers by the end of their visit. */
const visits = new Counter('visits');

const ATTEMPTS_MAX = 3;
const SEATS_MAX = 4;

/** What buyers do after they have held seats, as shares that add up to one. */
export interface Habits {
  readonly confirm: number;
  readonly release: number;
  /** Share of confirmed bookings that are canceled later. */
  readonly cancel: number;
}

/**
 * Plays one visit: browse, think, hold, think, then confirm, release, or leave without a word. A buyer whose seats are gone
 * looks at the map again.
 */
export function visit(token: string, habits: Habits): void {
  const bookingId = chooseAndHold(token);
  if (bookingId === null) return visits.add(1, { end: 'no seats' });
  sleep(around(plan.thinkSeconds));
  const choice = Math.random();
  if (choice < habits.confirm) confirm(token, bookingId, habits);
  else if (choice < habits.confirm + habits.release) {
    mutate('releaseBooking', { bookingId }, token);
    visits.add(1, { end: 'released' });
  } else visits.add(1, { end: 'abandoned' });
}

function confirm(token: string, bookingId: string, { cancel }: Habits): void {
  const { status } = mutate('confirmBooking', { bookingId }, token, ['HOLD_EXPIRED']);
  if (status === undefined) return visits.add(1, { end: 'too late' });
  visits.add(1, { end: 'confirmed' });
  if (Math.random() >= cancel) return;
  sleep(around(plan.thinkSeconds));
  // The event of a deployment may not allow buyers to cancel.
  mutate('cancelBooking', { bookingId }, token, ['CANCELLATION_REFUSED']);
}

function chooseAndHold(token: string): string | null {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const page = browse(token);
    if (page === null) return null;
    sleep(around(plan.thinkSeconds));
    const seats = findSeats(page.seatMap.states, 1 + randomBelow(SEATS_MAX), (status) => status === 0);
    if (seats === null) return null;
    const { id, code } = holdSeats(seats, token);
    if (id !== undefined) return id;
    if (code !== 'SEATS_UNAVAILABLE') return null;
  }
  return null;
}
