import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { solveProofOfWork } from '../../../docs/examples/solve-proof-of-work.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { startHttp, type HttpFixture } from '../http/http.fixture.ts';

interface Result {
  readonly __typename: string;
  readonly id?: string;
  readonly token?: string;
  readonly number?: number;
  readonly field?: string;
  readonly message?: string;
  readonly challenge?: { readonly token: string; readonly difficultyBits: number } | null;
}

const BITS = 8;
const challengeFields = 'challenge { kind token difficultyBits expiresAt }';
const resultFields = `__typename ... on Error { code message } ... on InvalidInputError { field }
  ... on RateLimitedError { ${challengeFields} }`;

let http: HttpFixture;
let hall: Hall;

beforeAll(async () => {
  http = await startHttp({
    RATE_LIMITS: 'on',
    RATE_LIMIT_HOLDS: '1000,1000,1000',
    CHALLENGE: 'proof-of-work',
    CHALLENGE_DIFFICULTY_BITS: String(BITS),
    CHALLENGE_TO_JOIN: 'on',
  });
});
beforeEach(async () => {
  hall = await createHall(http.context.database.reads);
});
afterAll(() => http.close());

async function run(buyer: BuyerClient, field: string, type: string, input: object): Promise<Result> {
  const success = field.startsWith('request') ? 'HoldRequest' : 'Booking';
  const { data } = await buyer.send(
    `mutation ($input: ${type}!) { r: ${field}(input: $input) { ... on ${success} { id } ${resultFields} } }`,
    { input },
  );
  return data?.['r'] as unknown as Result;
}

const eventId = () => encodeEventId(hall.eventId);
const seatIds = (...seats: number[]) => seats.map((seat) => encodeSeatId(hall.eventId, seat));
const hold = (buyer: BuyerClient, seats: number[], more: object = {}) =>
  run(buyer, 'holdSeats', 'HoldSeatsInput', { eventId: eventId(), seatIds: seatIds(...seats), ...more });
const solve = ({ challenge }: Result) =>
  solveProofOfWork(challenge?.token ?? '', challenge?.difficultyBits ?? 0);

async function join(buyer: BuyerClient, more: object = {}): Promise<Result> {
  const { data } = await buyer.send(
    `mutation ($e: ID!, $p: String, $s: String) { r: joinWaitingRoom(eventId: $e, placeToken: $p, challengeSolution: $s) {
      ... on WaitingRoomPlace { token number } ${resultFields} ... on ChallengeRequiredError { ${challengeFields} } } }`,
    { e: eventId(), ...more },
  );
  return data?.['r'] as unknown as Result;
}

async function setRoom(mode: 'ON' | 'OFF'): Promise<void> {
  const organizer = { userId: hall.organizerId, role: 'ORGANIZER' } as const;
  const { token } = await http.context.identity.issue(organizer);
  const client = (await BuyerClient.start(http.url)).as(token);
  await client.send(
    'mutation ($e: ID!, $m: WaitingRoomMode) { configureWaitingRoom(input: { eventId: $e, mode: $m }) { __typename } }',
    { e: eventId(), m: mode },
  );
}

describe('a slowed buyer', () => {
  it('solves the challenge of a refusal for one attempt with each way to hold seats', async () => {
    const [owner, sniper] = [await BuyerClient.start(http.url), await BuyerClient.start(http.url)];
    const own = await hold(sniper, [30]);
    await hold(owner, [1, 2]);
    let refused: Result = own;
    await eventually('the sniper is refused', async () => {
      refused = await hold(sniper, [1, 2]);
      return refused.__typename === 'RateLimitedError';
    });
    const base = { eventId: eventId() };
    const ways: readonly (readonly [string, string, object])[] = [
      ['holdSeats', 'HoldSeatsInput', { ...base, seatIds: seatIds(10) }],
      ['holdBestAvailable', 'HoldBestAvailableInput', { ...base, quantity: 1 }],
      ['changeSeats', 'ChangeSeatsInput', { bookingId: own.id, seatIds: seatIds(31) }],
      ['requestHold', 'HoldSeatsInput', { ...base, seatIds: seatIds(12), idempotencyKey: 'key' }],
      [
        'requestHoldBestAvailable',
        'HoldBestAvailableInput',
        { ...base, quantity: 1, idempotencyKey: 'best' },
      ],
    ];
    for (const [field, type, input] of ways) {
      const first = await run(sniper, field, type, input);
      expect(first).toMatchObject({ challenge: { kind: 'PROOF_OF_WORK', difficultyBits: BITS } });
      const challengeSolution = await solve(first);
      const second = await run(sniper, field, type, { ...input, challengeSolution });
      expect(second.__typename).toBe(field.startsWith('request') ? 'HoldRequest' : 'Booking');
      const [, , other] = ways[0] ?? [];
      const repeated = { ...other, seatIds: seatIds(20), challengeSolution };
      expect((await run(sniper, 'holdSeats', 'HoldSeatsInput', repeated)).__typename).toBe(
        'RateLimitedError',
      );
    }
  });
});

describe('joining a waiting room', () => {
  it('requires a solution, once: a buyer with a place needs none', async () => {
    await setRoom('ON');
    const buyer = await BuyerClient.start(http.url);
    const refused = await join(buyer);
    expect(refused).toMatchObject({
      __typename: 'ChallengeRequiredError',
      code: 'CHALLENGE_REQUIRED',
      message: expect.stringMatching(/^Joining requires/) as string,
    });
    const wrong = await join(buyer, { s: `${refused.challenge?.token}.x` });
    expect(wrong.message).toMatch(/^The solution is wrong/);
    const solution = await solve(wrong);
    const other = await join(await BuyerClient.start(http.url), { s: solution });
    expect(other.__typename).toBe('ChallengeRequiredError');
    const place = await join(buyer, { s: solution });
    expect(place.number).toBeGreaterThan(0);
    expect((await join(buyer, { s: solution })).__typename).toBe('ChallengeRequiredError');
    expect(await join(buyer, { p: place.token })).toMatchObject({ number: place.number });
  });

  it('requires none while the room is off, and a place from that time is none', async () => {
    const buyer = await BuyerClient.start(http.url);
    const place = await join(buyer);
    expect(place.number).toBe(0);
    await setRoom('ON');
    expect((await join(buyer, { p: place.token })).__typename).toBe('ChallengeRequiredError');
  });
});

describe('a solution that is too long', () => {
  it('is refused before it is looked at', async () => {
    const buyer = await BuyerClient.start(http.url);
    const challengeSolution = 'x'.repeat(2_049);
    const refusal = { __typename: 'InvalidInputError', field: 'challengeSolution' };
    expect(await hold(buyer, [1], { challengeSolution })).toMatchObject(refusal);
    expect(await join(buyer, { s: challengeSolution })).toMatchObject(refusal);
  });
});
