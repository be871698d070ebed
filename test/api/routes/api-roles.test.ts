import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/platform/config/config.ts';
import { readMetrics } from '../../../src/platform/observability/metrics/registry.ts';
import { RawSocket, refusalOf, startHttp, type HttpFixture } from '../http/http.fixture.ts';

const query = '{ __typename }';
const mutation = 'mutation { startGuestSession { token } }';
const misdirected = { errors: [{ extensions: { code: 'MISDIRECTED' } }] };
const stream = { accept: 'text/event-stream' };

let http: HttpFixture;
let sockets: HttpFixture;
const subscription = ({ eventId }: HttpFixture) =>
  `subscription { seatUpdates(eventId: "${eventId}") { __typename } }`;

beforeAll(async () => {
  [http, sockets] = await Promise.all([
    startHttp({ API_ROLES: 'http' }),
    startHttp({ API_ROLES: 'sockets' }),
  ]);
});

afterAll(async () => {
  await Promise.all([http.close(), sockets.close()]);
});

describe('a process with the role sockets', () => {
  it('executes subscriptions over WebSockets and event streams', async () => {
    const socket = await RawSocket.init(sockets.port);
    socket.subscribe('1', subscription(sockets));
    expect(await socket.next()).toMatchObject({ type: 'next' });
    socket.socket.terminate();
    const events = await sockets.post({ query: subscription(sockets) }, stream);
    expect(events.status).toBe(200);
    await events.body?.cancel();
  });

  it('refuses queries and mutations over HTTP with 421, also as event streams', async () => {
    for (const document of [query, mutation])
      for (const headers of [{}, stream]) {
        const refused = await sockets.post({ query: document }, headers);
        expect(refused.status).toBe(421);
        expect(await refused.json()).toMatchObject(misdirected);
      }
  });

  it('refuses queries and mutations over a WebSocket, which stays open', async () => {
    const socket = await RawSocket.init(sockets.port);
    for (const [id, document] of Object.entries({ 1: query, 2: mutation })) {
      socket.subscribe(id, document);
      expect(await socket.next()).toMatchObject({
        id,
        type: 'error',
        payload: [{ extensions: { code: 'MISDIRECTED' } }],
      });
    }
    socket.subscribe('3', subscription(sockets));
    expect(await socket.next()).toMatchObject({ id: '3', type: 'next' });
    socket.socket.terminate();
  });

  it('refuses pages and maps with 421, and serves probes', async () => {
    const statusOf = async (path: string) => (await fetch(`${sockets.url}${path}`)).status;
    expect(await statusOf('/')).toBe(421);
    expect(await statusOf(`/events/${sockets.eventId}/seat-map`)).toBe(421);
    expect(await statusOf('/health')).toBe(200);
    expect(await statusOf('/ready')).toBe(200);
  });
});

describe('a process with the role http', () => {
  it('executes queries and mutations', async () => {
    expect(await (await http.post({ query })).json()).toEqual({ data: { __typename: 'Query' } });
    expect(await (await http.post({ query: mutation })).json()).toMatchObject({
      data: { startGuestSession: { token: expect.any(String) as string } },
    });
    expect((await fetch(`${http.url}/events/${http.eventId}/seat-map`)).status).toBe(200);
  });

  it('refuses subscriptions with 421, as an event stream and as a WebSocket', async () => {
    const refused = await http.post({ query: subscription(http) }, stream);
    expect(refused.status).toBe(421);
    expect(await refused.json()).toMatchObject(misdirected);
    expect(await refusalOf(http.port, '/graphql')).toBe(421);
  });
});

it('opens fewer connections to PostgreSQL with the role sockets', async () => {
  const text = await readMetrics();
  // Both processes of this test are one process, so that the metric has their sums.
  expect(text).toContain('sellout_db_pool_connections_max{pool="batches"} 9');
  expect(text).toContain('sellout_db_pool_connections_max{pool="reads"} 12');
  expect(text).toContain('sellout_db_pool_connections_max{pool="worker"} 4');
});

it('a process has both roles by default, and API_ROLES may name no others', () => {
  const rolesOf = (API_ROLES: string) =>
    loadConfig({
      API_ROLES,
      DATABASE_URL: 'postgresql://user:password@host/sellout',
      REDIS_URL: 'redis://host',
      AUTH_SECRET: 'x'.repeat(32),
    }).roles;
  expect([...rolesOf('')]).toEqual(['http', 'sockets']);
  expect([...rolesOf('sockets')]).toEqual(['sockets']);
  for (const wrong of ['sockets,worker', ',']) expect(() => rolesOf(wrong)).toThrow(ConfigError);
});
