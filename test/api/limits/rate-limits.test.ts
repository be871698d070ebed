import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBookingId } from '../../../src/platform/ids.ts';
import { eventually } from '../../support/eventually.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';

const limits = {
  RATE_LIMITS: 'on',
  RATE_LIMIT_GUESTS: '3,1000',
  RATE_LIMIT_HOLDS: '5,10,1000',
  RATE_LIMIT_CHANGES: '1,1000,1000',
  RATE_LIMIT_READS: '20,20,1000',
  RATE_LIMIT_SUBSCRIPTIONS: '4,4,1000',
};

let http: HttpFixture;
let untrusting: HttpFixture;
/** An address for each test, as a trusted proxy reports it. */
let host = 0;
const newAddress = () => `198.51.100.${++host}`;

beforeAll(async () => {
  [http, untrusting] = await Promise.all([
    startHttp({ ...limits, TRUSTED_PROXIES: '127.0.0.1' }),
    startHttp({ ...limits, RATE_LIMIT_READS: '5,5,1000' }),
  ]);
});
afterAll(async () => {
  await Promise.all([http.close(), untrusting.close()]);
});

const from = (address: string, headers: Record<string, string> = {}) => ({
  'x-forwarded-for': address,
  ...headers,
});

/** A document that calls holdSeats `count` times, for seats that do not exist. */
function holdDocument(count: number): object {
  const input = JSON.stringify({ eventId: http.eventId, seatIds: [http.seatId(9_999)] }).replaceAll(
    /"(\w+)":/g,
    '$1:',
  );
  const calls = Array.from(
    { length: count },
    (_, i) => `c${i}:holdSeats(input:${input}){__typename ...on RateLimitedError{retryAfterSeconds}}`,
  );
  return { query: `mutation{${calls.join(' ')}}` };
}

async function countResults(responses: readonly Promise<Response>[]) {
  const counts: Record<string, number> = {};
  for (const response of await Promise.all(responses)) {
    const { data } = (await response.json()) as { data: Record<string, { __typename: string }> };
    for (const { __typename } of Object.values(data)) counts[__typename] = (counts[__typename] ?? 0) + 1;
  }
  return counts;
}

describe('a mutation with a result union', () => {
  it('returns RateLimitedError as data, and its headers say what is left', async () => {
    const authorization = `Bearer ${await http.token()}`;
    const headers = from(newAddress(), { authorization });
    const response = await http.post(holdDocument(1), headers);
    expect(response.headers.get('ratelimit-policy')).toBe('"holds-buyer";q=5;w=10');
    expect(response.headers.get('ratelimit')).toBe('"holds-buyer";r=4;t=2');
    const refused = await http.post(holdDocument(6), headers);
    expect(refused.status).toBe(200);
    const { data } = (await refused.json()) as { data: Record<string, object> };
    expect(Object.values(data).at(-1)).toEqual({
      __typename: 'RateLimitedError',
      retryAfterSeconds: expect.toSatisfy((s: number) => s >= 1 && s <= 2) as number,
    });
    expect(refused.headers.get('ratelimit')).toMatch(/^"holds-buyer";r=0;t=\d+$/);
  });

  it('counts each of 1,000 aliases, whatever identities one address uses', async () => {
    const address = newAddress();
    const tokens = await Promise.all(Array.from({ length: 100 }, () => http.token()));
    const counts = await countResults(
      tokens.map((token) => http.post(holdDocument(10), from(address, { authorization: `Bearer ${token}` }))),
    );
    expect(counts['RateLimitedError']).toBeGreaterThanOrEqual(960);
    expect(Object.values(counts).reduce((sum, n) => sum + n)).toBe(1_000);
  });

  it('reaches neither the database nor the group commit once it is refused', async () => {
    const headers = from(newAddress(), { authorization: `Bearer ${await http.token()}` });
    const confirm = `confirmBooking(input:{bookingId:"${encodeBookingId(http.hall.eventId, randomUUID())}"}){__typename}`;
    const query = (count: number) =>
      `mutation{${Array.from({ length: count }, (_, i) => `c${i}:${confirm}`).join(' ')}}`;
    expect(await countResults([http.post({ query: query(1) }, headers)])).toEqual({ NotFoundError: 1 });
    const statements = await captureStatements(async () => {
      const counts = await countResults([http.post({ query: query(10) }, headers)]);
      expect(counts).toEqual({ RateLimitedError: 10 });
    });
    expect(statements).toEqual([]);
  });
});

describe('a field without a result union', () => {
  const query = 'mutation{startGuestSession{token}}';

  it('refuses the whole request with 429 and Retry-After', async () => {
    const headers = from(newAddress());
    for (let i = 0; i < 3; i++) expect((await http.post({ query }, headers)).status).toBe(200);
    const statements = await captureStatements(async () => {
      const response = await http.post({ query }, headers);
      expect(response.status).toBe(429);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(90);
      expect(response.headers.get('ratelimit-policy')).toBe('"guests-address";q=3;w=300');
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    });
    expect(statements).toEqual([]);
  });

  it('is null with an error if other fields of the request were admitted', async () => {
    const aliases = Array.from({ length: 5 }, (_, i) => `g${i}:startGuestSession{token}`);
    const response = await http.post({ query: `mutation{${aliases.join(' ')}}` }, from(newAddress()));
    expect(response.status).toBe(200);
    const { data, errors } = (await response.json()) as {
      data: Record<string, unknown>;
      errors: { extensions: object }[];
    };
    expect(Object.values(data).filter((value) => value === null)).toHaveLength(2);
    expect(errors.map(({ extensions }) => extensions)).toEqual(
      Array.from({ length: 2 }, () => ({
        code: 'RATE_LIMITED',
        retryAfterSeconds: expect.any(Number) as number,
      })),
    );
  });
});

describe('a subscription', () => {
  const query = 'subscription($e:ID!){seatUpdates(eventId:$e){__typename}}';

  it('is refused with 429 as an event stream', async () => {
    const headers = from(newAddress(), { accept: 'text/event-stream' });
    for (let i = 0; i < 4; i++) {
      const stream = await http.post({ query, variables: { e: http.eventId } }, headers);
      expect([stream.status, stream.headers.get('ratelimit')]).toEqual([
        200,
        expect.stringMatching(/^"subscriptions-address";r=\d;t=\d+$/),
      ]);
      await stream.body?.cancel();
    }
    const refused = await http.post({ query, variables: { e: http.eventId } }, headers);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3']);
  });

  it('counts on all sockets of an address together', async () => {
    const headers = from(newAddress());
    const sockets = await Promise.all(
      Array.from({ length: 8 }, () => RawSocket.init(http.port, {}, { headers })),
    );
    for (const socket of sockets) socket.subscribe('1', query, { e: http.eventId });
    const first = await Promise.all(sockets.map((socket) => socket.next()));
    const payloads = first.map(({ payload }) => payload as { data?: object; errors?: object[] });
    expect(payloads.filter(({ errors }) => errors === undefined)).toHaveLength(4);
    expect(payloads.flatMap(({ errors = [] }) => errors)).toMatchObject(
      Array.from({ length: 4 }, () => ({ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 3 } })),
    );
    for (const { socket } of sockets) socket.terminate();
  });
});

describe('the address of a client', () => {
  const query = '{events(first:1){totalCount}}';
  const read = async (fixture: HttpFixture, headers: Record<string, string>) =>
    (await fixture.post({ query }, headers)).status;

  it('cannot be changed by X-Forwarded-For if no proxy is trusted', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) statuses.push(await read(untrusting, from(`203.0.113.${i}`)));
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(6);
  });

  it('is not what the client puts before the entry of a trusted proxy', async () => {
    const address = newAddress();
    const statuses = await Promise.all(
      Array.from({ length: 40 }, (_, i) => read(http, from(`203.0.113.${i}, ${address}`))),
    );
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(22);
    expect(await read(http, from(newAddress()))).toBe(200);
  });
});

describe('the requests to one process', () => {
  it('are refused before they are parsed', async () => {
    const own = await startHttp({ ...limits, RATE_LIMIT_CALLS: '10,1000' });
    try {
      const answers: Response[] = [];
      for (let i = 0; i < 20; i++) answers.push(await own.post('{not JSON'));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(8);
      expect(refused[0]?.headers.get('retry-after')).toBe('1');
      expect(refused[0]?.headers.get('ratelimit-policy')).toBe('"calls-address";q=10;w=10');
      const socket = await RawSocket.init(own.port);
      socket.subscribe('1', 'not GraphQL');
      expect(await socket.next()).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'RATE_LIMITED' } }],
      });
      socket.socket.terminate();
    } finally {
      await own.close();
    }
  });
});

describe('the unconfirmed seats of one address', () => {
  it('stay within the limit when guests attack, and a release gives them back', async () => {
    const own = await startHttp({
      RATE_LIMITS: 'on',
      RATE_LIMIT_HELD_SEATS: '6,1000',
      RATE_LIMIT_HOLDS: '50,1000,1000',
    });
    try {
      const run = async (query: string, input: object, token: string) => {
        const headers = { authorization: `Bearer ${token}` };
        const response = await own.post({ query, variables: { input } }, headers);
        return ((await response.json()) as { data: { r: { __typename: string; id?: string } } }).data.r;
      };
      const holdOne = (seat: number, token: string) =>
        run(
          'mutation($input:HoldSeatsInput!){r:holdSeats(input:$input){__typename ...on Booking{id}}}',
          { eventId: own.eventId, seatIds: [own.seatId(seat)] },
          token,
        );
      const tokens = await Promise.all(Array.from({ length: 12 }, () => own.token()));
      const results = await Promise.all(
        tokens.map(async (token, i) => ({ token, ...(await holdOne(i, token)) })),
      );
      const held = results.filter(({ __typename }) => __typename === 'Booking');
      expect([
        held.length,
        results.filter(({ __typename }) => __typename === 'RateLimitedError').length,
      ]).toEqual([6, 6]);
      const [first] = held;
      await run(
        'mutation($input:ReleaseBookingInput!){r:releaseBooking(input:$input){__typename}}',
        { bookingId: first?.id },
        first?.token ?? '',
      );
      await eventually('a seat is given back', async () => {
        const { __typename } = await holdOne(20, tokens[11] ?? '');
        return __typename === 'Booking';
      });
      expect(await holdOne(21, tokens[11] ?? '')).toEqual({ __typename: 'RateLimitedError' });
    } finally {
      await own.close();
    }
  });
});

describe('rate limits', () => {
  it('can be switched off', async () => {
    const own = await startHttp({ ...limits, RATE_LIMITS: 'off', RATE_LIMIT_READS: '1,1,1' });
    try {
      for (let i = 0; i < 5; i++) {
        const response = await own.post({ query: '{events(first:1){totalCount}}' });
        expect([response.status, response.headers.get('ratelimit')]).toEqual([200, null]);
      }
    } finally {
      await own.close();
    }
  });
});
