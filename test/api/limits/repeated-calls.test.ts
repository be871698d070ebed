import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttp, type HttpFixture } from '../http/http.fixture.ts';

let http: HttpFixture;
/** An address for each test, as a trusted proxy reports it. */
let host = 0;
const newAddress = () => `198.51.100.${++host}`;

beforeAll(async () => {
  http = await startHttp({
    RATE_LIMITS: 'on',
    RATE_LIMIT_HOLDS: '3,1000,1000',
    RATE_LIMIT_CHANGES: '2,1000,1000',
    RATE_LIMIT_HELD_SEATS: '2,1000',
    TRUSTED_PROXIES: '127.0.0.1',
  });
});
afterAll(() => http.close());

interface Result {
  readonly __typename: string;
  readonly id?: string;
}

/** Creates a buyer whose calls come from one address. */
async function createBuyer() {
  const headers = { authorization: `Bearer ${await http.token()}`, 'x-forwarded-for': newAddress() };
  async function call(field: string, input: object): Promise<Result> {
    const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation($input:${type}!){call:${field}(input:$input){__typename ...on Booking{id}}}`;
    const response = await http.post({ query, variables: { input } }, headers);
    return ((await response.json()) as { data: { call: Result } }).data.call;
  }
  const hold = (seat: number, idempotencyKey: string) =>
    call('holdSeats', { eventId: http.eventId, seatIds: [http.seatId(seat)], idempotencyKey });
  return { call, hold };
}

describe('a retry with the key of a call that succeeded', () => {
  it('gets the same booking although the budget is used up, and other calls do not', async () => {
    const { hold } = await createBuyer();
    const first = await hold(0, 'first');
    expect(first.__typename).toBe('Booking');
    for (const key of ['x', 'y']) expect((await hold(99_999, key)).__typename).not.toBe('RateLimitedError');
    expect((await hold(1, 'new')).__typename).toBe('RateLimitedError');
    expect(await hold(0, 'first')).toEqual(first);
    expect((await hold(5, 'first')).__typename).toBe('IdempotencyConflictError');
  });

  it('is refused if a client sends more of them than it may make calls', async () => {
    const { hold } = await createBuyer();
    const results = [];
    await hold(2, 'mine');
    for (let i = 0; i < 12; i++) results.push((await hold(2, 'mine')).__typename);
    const answered = results.filter((name) => name === 'Booking').length;
    // Two of the budget of calls, three of that of repeats, and what comes back meanwhile.
    expect(answered).toBeGreaterThanOrEqual(5);
    expect(answered).toBeLessThan(12);
    expect(results.at(-1)).toBe('RateLimitedError');
  });

  it('needs no unconfirmed seats', async () => {
    const { hold } = await createBuyer();
    const first = await hold(3, 'one');
    expect((await hold(4, 'two')).__typename).toBe('Booking');
    expect((await hold(6, 'three')).__typename).toBe('RateLimitedError');
    expect(await hold(3, 'one')).toEqual(first);
  });

  it('confirms nothing again, and gets the booking', async () => {
    const { call, hold } = await createBuyer();
    const { id: bookingId } = await hold(7, 'hold');
    const confirm = (idempotencyKey: string) => call('confirmBooking', { bookingId, idempotencyKey });
    const first = await confirm('confirm');
    expect(first).toEqual({ __typename: 'Booking', id: bookingId });
    const results = [await confirm('a'), await confirm('b')];
    expect(results.at(-1)?.__typename).toBe('RateLimitedError');
    expect(await confirm('confirm')).toEqual(first);
  });

  it('is that of its own buyer and operation', async () => {
    const [one, other] = [await createBuyer(), await createBuyer()];
    await one.hold(8, 'shared');
    for (const key of ['x', 'y', 'z']) await other.hold(99_999, key);
    expect((await other.hold(8, 'shared')).__typename).toBe('RateLimitedError');
    for (const key of ['x', 'y']) await one.hold(99_999, key);
    const best = { eventId: http.eventId, quantity: 1, idempotencyKey: 'shared' };
    expect((await one.call('holdBestAvailable', best)).__typename).toBe('RateLimitedError');
  });

  it('is refused with a key that no call can have', async () => {
    const { hold } = await createBuyer();
    for (const key of ['x', 'y', 'z']) await hold(99_999, key);
    for (const key of ['', 'k'.repeat(300), '\ud800'])
      expect((await hold(9, key)).__typename).toBe('RateLimitedError');
  });
});
