import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createHall } from '../../support/hall.ts';
import { TestIdentityProvider } from '../../support/identity-provider.ts';
import { RawSocket, startHttp, type HttpFixture } from './http.fixture.ts';
import { hold, holdWith, seatUpdates, valueOf } from '../fanout/shared.fixture.ts';

let http: HttpFixture;
let provider: TestIdentityProvider;
beforeAll(async () => {
  provider = await TestIdentityProvider.start();
  http = await startHttp(provider.environment);
});
afterAll(async () => {
  await http.close();
  await provider[Symbol.asyncDispose]();
});

const query = '{ __typename }';
const bookingUpdates = 'subscription($b:ID!){bookingUpdates(bookingId:$b){status}}';

/** Issues a token of this server with a given lifetime. */
async function tokenFor(ttlSeconds: number, role: 'BUYER' | 'ORGANIZER' = 'BUYER', userId = randomUUID()) {
  return (await http.context.identity.issue({ userId, role }, ttlSeconds)).token;
}

const invalidTokens: Record<string, () => Promise<string> | string> = {
  'a forged token': () => 'Bearer nonsense',
  'an expired token': () => tokenFor(-1),
  'an expired token of the provider': () => provider.token({ exp: 1 }),
  'a token for another audience': () => provider.token({ aud: 'somebody else' }),
  'a token without a subject': () => provider.token({ sub: '' }),
  'a scheme without a token': () => 'Bearer',
  'another scheme': () => 'Basic dXNlcjpwYXNz',
};

describe('a request with an invalid token', () => {
  for (const [name, invalid] of Object.entries(invalidTokens))
    it(`is refused whole: ${name}`, async () => {
      const authorization = await invalid();
      const watch = { query: seatUpdates, variables: { e: http.eventId } };
      const answers = [
        await http.post({ query }, { authorization }),
        await http.post({ query: 'mutation { startGuestSession { token } }' }, { authorization }),
        await http.post(watch, { authorization, accept: 'text/event-stream' }),
        await http.post(watch, { authorization, accept: '*/*' }),
        await fetch(`${http.url}/graphql?query={__typename}`, { headers: { authorization } }),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
        const body = (await answer.json()) as object;
        expect(body).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
        expect(body).not.toHaveProperty('data');
      }
    });

  it('has no effect', async () => {
    const userId = randomUUID();
    const authorization = `Bearer ${await tokenFor(-1, 'BUYER', userId)}`;
    const input = `{ eventId: "${http.eventId}", seatIds: ["${http.seatId(9)}"] }`;
    await http.post({ query: `mutation { holdSeats(input: ${input}) { __typename } }` }, { authorization });
    expect(await http.context.database.reads.booking.count({ where: { buyerId: userId } })).toBe(0);
  });

  it('is not one without a token, or with an empty header', async () => {
    for (const headers of [{}, { authorization: '' }])
      expect(await (await http.post({ query: '{viewer{id}}' }, headers)).json()).toEqual({
        data: { viewer: null },
      });
  });
});

describe('a WebSocket with an invalid token', () => {
  const payloads: Record<string, () => Promise<unknown>> = {
    ...Object.fromEntries(
      Object.entries(invalidTokens).map(([name, token]) => [name, () => Promise.resolve(token())]),
    ),
    'what is no text': () => Promise.resolve({ a: 1 }),
  };

  for (const [name, invalid] of Object.entries(payloads))
    it(`is acknowledged, and has no viewer: ${name}`, async () => {
      const raw = await RawSocket.init(http.port, { authorization: await invalid() });
      raw.subscribe('public', '{ __typename viewer { id } }');
      expect(await raw.next()).toMatchObject({
        id: 'public',
        payload: { data: { __typename: 'Query', viewer: null } },
      });
      expect(await raw.next()).toEqual({ id: 'public', type: 'complete' });
      raw.subscribe('watch', seatUpdates, { e: http.eventId });
      expect(await raw.next()).toMatchObject({
        id: 'watch',
        payload: { data: { seatUpdates: { __typename: 'SeatMapSnapshot' } } },
      });
      raw.subscribe('private', bookingUpdates, { b: 'nonsense' });
      expect(await raw.next()).toMatchObject({
        id: 'private',
        payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
      });
      raw.socket.close();
    });
});

describe('a token that cannot be checked', () => {
  const providers = async () => `Bearer ${await provider.token({ sub: randomUUID() })}`;
  /** Makes the provider unavailable for one test, before its keys are known. */
  async function withoutProvider(test: (http: HttpFixture) => Promise<void>): Promise<void> {
    const other = await startHttp(provider.environment);
    provider.answerWith(() => ({ status: 503, body: '' }));
    try {
      await test(other);
    } finally {
      provider.recover();
      await other.close();
    }
  }

  it('is 503, BUSY and counted over HTTP and as a stream', async () => {
    await withoutProvider(async (other) => {
      const before = await valueOf(metrics.tokensUnchecked);
      for (const accept of ['application/json', 'text/event-stream']) {
        const answer = await other.post({ query }, { authorization: await providers(), accept });
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
        expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BUSY' } }] });
      }
      expect(await valueOf(metrics.tokensUnchecked)).toBe(before + 2);
      // Other requests are not affected.
      const own = { authorization: `Bearer ${await other.token()}` };
      expect((await other.post({ query }, own)).status).toBe(200);
      expect((await other.post({ query })).status).toBe(200);
    });
  });

  it('closes a socket with 1013 before it is acknowledged', async () => {
    await withoutProvider(async (other) => {
      const raw = await RawSocket.open(other.port);
      raw.send({ type: 'connection_init', payload: { authorization: await providers() } });
      expect(await raw.closed).toBe(1013);
    });
  });
});

describe('a token that expires', () => {
  it('ends private subscriptions of its socket with an error, and nothing else', async () => {
    // Long enough to subscribe and to get the messages that the test awaits.
    const userId = randomUUID();
    const booking = await holdWith(http, await tokenFor(60, 'BUYER', userId), 1);
    const raw = await RawSocket.init(http.port, { authorization: await tokenFor(3, 'BUYER', userId) });
    raw.subscribe('mine', bookingUpdates, { b: booking });
    expect(await raw.next()).toMatchObject({ id: 'mine', payload: { data: {} } });
    raw.subscribe('watch', seatUpdates, { e: http.eventId });
    expect(await raw.next()).toMatchObject({ id: 'watch', payload: { data: {} } });
    expect(await raw.next()).toMatchObject({
      id: 'mine',
      type: 'next',
      payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    expect(await raw.next()).toEqual({ id: 'mine', type: 'complete' });
    await hold(http, 2);
    expect(await raw.next()).toMatchObject({ id: 'watch', type: 'next', payload: { data: {} } });
    raw.subscribe('again', bookingUpdates, { b: booking });
    expect(await raw.next()).toMatchObject({
      id: 'again',
      payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    expect(await raw.next()).toEqual({ id: 'again', type: 'complete' });
    raw.subscribe('viewer', '{ viewer { id } }');
    expect(await raw.next()).toMatchObject({ id: 'viewer', payload: { data: { viewer: null } } });
    raw.socket.close();
  });

  async function stream(body: object, token: string): Promise<string> {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    const response = await http.post(body, headers);
    expect(response.status).toBe(200);
    // The subscription has ended already.
    return response.text();
  }

  it('ends an event stream of a booking with an error', async () => {
    const userId = randomUUID();
    const booking = await holdWith(http, await tokenFor(60, 'BUYER', userId), 6);
    const body = { query: bookingUpdates, variables: { b: booking } };
    const text = await stream(body, await tokenFor(2, 'BUYER', userId));
    expect(text).toMatch(/"status":"HOLD"[^]*"code":"UNAUTHENTICATED"[^]*event: complete/);
  });

  it('ends a subscription to an event that is not public yet', async () => {
    const organizerId = randomUUID();
    const hall = await createHall(http.context.database.reads, { status: 'DRAFT', organizerId });
    const variables = { e: encodeEventId(hall.eventId) };
    const authorization = await tokenFor(2, 'ORGANIZER', organizerId);
    const raw = await RawSocket.init(http.port, { authorization });
    raw.subscribe('draft', seatUpdates, variables);
    expect(await raw.next()).toMatchObject({ id: 'draft', payload: { data: {} } });
    const text = await stream({ query: seatUpdates, variables }, await tokenFor(2, 'ORGANIZER', organizerId));
    expect(text).toMatch(/"SeatMapSnapshot"[^]*"code":"UNAUTHENTICATED"[^]*event: complete/);
    expect(await raw.next()).toMatchObject({
      id: 'draft',
      payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    expect(await raw.next()).toEqual({ id: 'draft', type: 'complete' });
    raw.socket.close();
  });
});
