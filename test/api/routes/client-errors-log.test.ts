import { once } from 'node:events';
import { connect } from 'node:net';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  vi,
  type MockInstance,
} from 'vitest';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { eventually } from '../../support/eventually.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';
import { valueOf } from '../fanout/shared.fixture.ts';

let http: HttpFixture;
let lines: MockInstance[];
beforeAll(async () => {
  // The methods of a silent logger are no-ops that cannot be spied on.
  http = await startHttp({ LOG_LEVEL: 'fatal' });
});
afterAll(() => http.close());
beforeEach(() => {
  const { logger } = http.context;
  lines = (['error', 'warn'] as const).map((level) =>
    vi.spyOn(logger, level).mockImplementation(() => undefined),
  );
});
afterEach(() => vi.restoreAllMocks());

const logged = () => lines.flatMap(({ mock }) => mock.calls);
const json = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };

describe('an error of a client writes no error line', () => {
  it.each([
    ['a list 1,900 deep', { query: `{ node(id: ${'['.repeat(1_900)}${']'.repeat(1_900)}) { id } }` }],
    ['deep variables', `{"query":"{__typename}","variables":{"a":${'['.repeat(4_500)}${']'.repeat(4_500)}}}`],
    ['no JSON', '{'],
    [
      'a NUL in the name of a section',
      {
        query: 'query($e: ID!) { event(id: $e) { seats(section: "\\u0000") { totalCount } } }',
        variables: true,
      },
    ],
    ['a NUL in a cursor', { query: '{ events(first: 1, after: "\\u0000") { totalCount } }' }],
    ['a NUL in an id', { query: '{ event(id: "\\u0000") { id } node(id: "\\u0000") { id } }' }],
  ])('%s', async (_what, body) => {
    const sent =
      typeof body === 'object' && 'variables' in body ? { ...body, variables: { e: http.eventId } } : body;
    const answer = await http.post(sent, json);
    expect(answer.status).toBeLessThan(500);
    expect(await answer.text()).not.toContain('INTERNAL_SERVER_ERROR');
    expect(logged()).toEqual([]);
  });

  it('variables in a query string that are not JSON', async () => {
    const answer = await fetch(`${http.url}/graphql?query={__typename}&variables={bad`, { headers: json });
    expect(answer.status).toBe(400);
    expect(logged()).toEqual([]);
  });

  it('an operation that is completed before it has begun', async () => {
    const raw = await RawSocket.init(http.port);
    raw.together(() => {
      raw.subscribe('1', '{ __typename }');
      raw.send({ id: '1', type: 'complete' });
      raw.subscribe('2', '{ __typename }');
    });
    expect(await raw.take(2)).toMatchObject([
      { id: '2', type: 'next' },
      { id: '2', type: 'complete' },
    ]);
    expect(logged()).toEqual([]);
    raw.socket.close();
  });

  it('a body that is cut off, which is counted', async () => {
    const before = await valueOf(metrics.requestsRefused);
    const socket = connect(http.port, '127.0.0.1');
    await once(socket, 'connect');
    const head =
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
    await new Promise((resolve) => socket.write(head, resolve));
    // When another request is answered, the server has read the first.
    await fetch(`${http.url}/health`);
    socket.resetAndDestroy();
    await eventually('it is counted', async () => (await valueOf(metrics.requestsRefused)) > before);
    expect(logged()).toEqual([]);
  });
});

it('an error of many fields of a request writes one line', async () => {
  const { reads } = http.context.database;
  await reads.$executeRawUnsafe('ALTER TABLE venues RENAME TO venues_away');
  try {
    const fields = Array.from({ length: 29 }, (_, i) => `a${i}: event(id: $e) { venue { name } }`).join(' ');
    const answer = await http.post({ query: `query($e: ID!) { ${fields} }`, variables: { e: http.eventId } });
    const { errors } = (await answer.json()) as { errors: unknown[] };
    expect(errors).toHaveLength(21);
    expect(logged()).toHaveLength(1);
  } finally {
    await reads.$executeRawUnsafe('ALTER TABLE venues_away RENAME TO venues');
  }
});
