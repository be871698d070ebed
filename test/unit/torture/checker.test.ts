import { describe, expect, it } from 'vitest';
import { checkHistory } from '../../torture/check/check-history.ts';
import { ALICE, at, BOB, StoryTeller, type Story } from './planted-story.ts';
import type { Outcome, Request } from '../../torture/history.ts';

/**
 * Alice holds 0 and 1 with a key, asks again, and confirms; Bob is refused 1, holds 2 and gives it back; Alice holds 3
 * and lets it run out, and is told so; Bob takes 3 after its deadline.
 */
function rightStory(): StoryTeller {
  const aliceHold: Request = { kind: 'hold', mode: 'exact', seats: [0, 1], quantity: 2, key: 'k' };
  const teller = new StoryTeller().hold('a', ALICE, [0, 1], [100, 120], 'k');
  const { holdExpiresAtMs } = teller.booking('a');
  const heldByAlice: Outcome = { kind: 'success', bookingId: 'a', status: 'HOLD', holdExpiresAtMs };
  teller
    .asked(ALICE, aliceHold, [130, 140], heldByAlice)
    .asked(BOB, holdOf([1, 2]), [150, 160], { kind: 'refused', code: 'SEATS_UNAVAILABLE', seats: [1] })
    .confirm('a', [200, 220])
    .hold('b', BOB, [2], [230, 240])
    .release('b', [250, 260])
    .hold('c', ALICE, [3], [300, 320])
    .expire('c', 1_400)
    .asked(ALICE, { kind: 'confirm', bookingId: 'c', key: null }, [1_410, 1_420], {
      kind: 'refused',
      code: 'HOLD_EXPIRED',
      expiredAtMs: teller.booking('c').holdExpiresAtMs,
    })
    .hold('d', BOB, [3], [1_500, 1_520]);
  return teller;
}

function holdOf(seats: readonly number[], key: string | null = null): Request {
  return { kind: 'hold', mode: 'exact', seats, quantity: seats.length, key };
}

function rulesBroken({ history, record }: Story): string[] {
  return [...new Set(checkHistory(history, record).map(({ rule }) => rule))].sort();
}

/** The rules that are broken once the right story is bent so. */
function after(bend: (story: Story, teller: StoryTeller) => void): string[] {
  const teller = rightStory();
  bend(teller.story, teller);
  return rulesBroken(teller.story);
}

function attempt(story: Story, n: number): Story['history'][number] {
  const found = story.history[n - 1];
  if (found === undefined) throw new Error(`the story has no attempt ${n}`);
  return found;
}

function change(story: Story, version: number): Story['record']['changes'][number] {
  const found = story.record.changes[version - 1];
  if (found === undefined) throw new Error(`the story has no version ${version}`);
  return found;
}

it('finds nothing in a right story', () => {
  expect(checkHistory(rightStory().story.history, rightStory().story.record)).toEqual([]);
});

it('takes an effect without an answer for what it may be', () => {
  const unknown: Outcome = { kind: 'unknown', why: 'timeout' };
  expect(after((story) => (attempt(story, 1).outcome = unknown))).toEqual([]);
  expect(after((story) => (attempt(story, 4).outcome = unknown))).toEqual([]);
  expect(after((story) => (attempt(story, 5).outcome = unknown))).toEqual([]);
});

describe('the record', () => {
  it('has a seat sold twice', () => {
    const broken = after((_, teller) => teller.hold('x', BOB, [0], [1_600, 1_610]));
    expect(broken).toEqual(expect.arrayContaining(['I1', 'I2', 'I8']));
  });

  it('has a claim with a status that is not its booking’s', () => {
    const broken = after((_, teller) => (teller.booking('b').claims = [{ seat: 2, status: 'CONFIRMED' }]));
    expect(broken).toEqual(['I1']);
  });

  it('has a version missing', () => {
    expect(after(({ record }) => record.changes.splice(4, 1))).toContain('I8');
  });

  it('ends before the event’s version', () => {
    expect(after(({ record }) => record.seatVersion++)).toEqual(['I8']);
  });

  it('has an illegal step', () => {
    const broken = after(
      (story) =>
        (change(story, 2).steps = change(story, 2).steps.map((step) => ({
          ...step,
          from: 'AVAILABLE' as const,
        }))),
    );
    expect(broken).toContain('I8');
  });

  it('has a booking that moved without one of its seats', () => {
    expect(after((story) => (change(story, 2).steps = change(story, 2).steps.slice(1)))).toContain('I2');
  });

  it('has a seat whose status is not its booking’s', () => {
    const broken = after(
      ({ record }) =>
        (record.seats = record.seats.map((seat) => (seat.seat === 5 ? { ...seat, status: 'BOOKED' } : seat))),
    );
    expect(broken).toEqual(['I2', 'I8', 'counters']);
  });

  it('has a counter that is off', () => {
    expect(after(({ record }) => (record.counted = { held: 1, booked: 1, blocked: 0 }))).toEqual([
      'counters',
    ]);
  });

  it('has a buyer above the limit', () => {
    const broken = after((_, teller) => teller.hold('x', ALICE, [2, 4, 5], [1_600, 1_610]));
    expect(broken).toEqual(['I14']);
  });

  it('has a hold confirmed past its deadline', () => {
    expect(after((_, teller) => teller.confirm('d', [2_700, 2_720]))).toEqual(['deadline']);
  });

  it('has a hold that expired too early', () => {
    expect(after((story) => (change(story, 6).clockMs = 1_200))).toContain('deadline');
  });
});

describe('the history', () => {
  it('has a confirmation that was answered and is lost', () => {
    const lost: Outcome = { kind: 'success', bookingId: 'd', status: 'CONFIRMED', holdExpiresAtMs: 2_510 };
    const confirm: Request = { kind: 'confirm', bookingId: 'd', key: null };
    expect(after((_, teller) => teller.asked(BOB, confirm, [1_600, 1_610], lost))).toEqual(['I4']);
  });

  it('has a hold that was answered and is not there', () => {
    const lost: Outcome = { kind: 'success', bookingId: 'x', status: 'HOLD', holdExpiresAtMs: 2_600 };
    expect(after((_, teller) => teller.asked(BOB, holdOf([5]), [1_600, 1_610], lost))).toEqual(['I4']);
  });

  it('has a confirmation that nobody asked for', () => {
    expect(after(({ history }) => history.splice(3, 1))).toEqual(['I5']);
  });

  it('has a confirmation that happened though its answer was that nothing did', () => {
    expect(after((story) => (attempt(story, 4).outcome = { kind: 'nothing', why: 'BUSY' }))).toEqual(['I5']);
  });

  it('has a hold that happened though its answer was a refusal', () => {
    const refused: Outcome = { kind: 'nothing', why: 'BUSY' };
    expect(after((story) => (attempt(story, 5).outcome = refused))).toEqual(['I6']);
  });

  it('has a hold that nobody asked for', () => {
    expect(after(({ history }) => history.splice(4, 1))).toContain('I6');
  });

  it('has two bookings of one key', () => {
    const broken = after((story, teller) => {
      teller.hold('x', ALICE, [4], [1_600, 1_610]);
      attempt(story, 10).request = holdOf([4], 'k');
    });
    expect(broken).toContain('I6');
  });

  it('has an effect twice for one key, the first answer lost', () => {
    const broken = after((story, teller) => {
      teller.hold('x', BOB, [4], [1_600, 1_610], 'once').hold('y', BOB, [5], [1_700, 1_710]);
      attempt(story, 10).outcome = { kind: 'unknown', why: 'timeout' };
      attempt(story, 11).request = holdOf([5], 'once');
    });
    expect(broken).toContain('I6');
  });

  it('has a replay that was refused', () => {
    const refused: Outcome = { kind: 'refused', code: 'SEATS_UNAVAILABLE', seats: [0, 1] };
    expect(after((story) => (attempt(story, 2).outcome = refused))).toEqual(['I6']);
  });

  it('has a conflict of a key that nobody used otherwise', () => {
    const conflict: Outcome = { kind: 'refused', code: 'IDEMPOTENCY_CONFLICT' };
    const broken = after((_, teller) => teller.asked(BOB, holdOf([5], 'new'), [1_600, 1_610], conflict));
    expect(broken).toEqual(['I6']);
  });

  it('has a booking that was given to another buyer', () => {
    expect(after((story) => (attempt(story, 4).buyerId = BOB))).toEqual(['I5', 'owner']);
  });

  it('has an answer that was there before its effect', () => {
    expect(after((story) => (attempt(story, 4).answered = at(205)))).toEqual(['real time']);
  });

  it('has an effect from before its question', () => {
    expect(after((story) => (attempt(story, 5).invoked = at(239)))).toEqual(['real time']);
  });

  it('has two effects in an order that real time forbids', () => {
    // Both clocks agree, but the record has the later one first.
    const broken = after(({ record }) => {
      const [, confirm, hold] = record.changes;
      if (confirm === undefined || hold === undefined) throw new Error('the story is too short');
      [confirm.version, hold.version] = [hold.version, confirm.version];
      record.changes.sort((a, b) => a.version - b.version);
    });
    expect(broken).toEqual(['real time']);
  });

  it.each<readonly [string, Request, Outcome]>([
    ['seats that were free', holdOf([4, 5]), { kind: 'refused', code: 'SEATS_UNAVAILABLE', seats: [4] }],
    ['no seats', holdOf([0]), { kind: 'refused', code: 'SEATS_UNAVAILABLE', seats: [] }],
    ['too few seats', holdOf([0, 3]), { kind: 'refused', code: 'SEATS_UNAVAILABLE', seats: [0] }],
    ['seats nobody asked for', holdOf([4]), { kind: 'refused', code: 'SEATS_UNAVAILABLE', seats: [0] }],
    [
      'a full hall',
      { kind: 'hold', mode: 'best', seats: [], quantity: 2, key: null },
      { kind: 'refused', code: 'SEATS_UNAVAILABLE', seats: [] },
    ],
    [
      'blocks that were free',
      { kind: 'hold', mode: 'alternative', seats: [0, 3], quantity: 2, key: null },
      { kind: 'refused', code: 'SEATS_UNAVAILABLE', seats: [0] },
    ],
    ['a limit that was not reached', holdOf([4]), { kind: 'refused', code: 'SEAT_LIMIT_EXCEEDED', limit: 4 }],
    ['a sale that was on', holdOf([4]), { kind: 'refused', code: 'EVENT_NOT_ON_SALE' }],
    [
      'a deadline that had not come',
      { kind: 'confirm', bookingId: 'd', key: null },
      { kind: 'refused', code: 'HOLD_EXPIRED', expiredAtMs: 2_510 },
    ],
    [
      'a status that the booking never had',
      { kind: 'confirm', bookingId: 'd', key: null },
      { kind: 'refused', code: 'BOOKING_STATE', status: 'RELEASED' },
    ],
    [
      'a booking that was there',
      { kind: 'release', bookingId: 'd', key: null },
      { kind: 'refused', code: 'NOT_FOUND' },
    ],
  ])('has a refusal for %s', (_, request, outcome) => {
    expect(after((_story, teller) => teller.asked(BOB, request, [1_600, 1_610], outcome))).toEqual([
      'refusal',
    ]);
  });

  it('has an answer that no client should get', () => {
    const wrong: Outcome = { kind: 'wrong', why: 'INTERNAL_SERVER_ERROR: Unexpected error.' };
    expect(after((_, teller) => teller.asked(BOB, holdOf([5]), [1_600, 1_610], wrong))).toEqual(['answer']);
  });
});
