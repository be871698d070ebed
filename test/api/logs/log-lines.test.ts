import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseBookingId } from '../../../src/platform/ids.ts';
import { makeHoldOverdue } from '../../support/booking.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { RawSocket } from '../http/http.fixture.ts';
import { startLoggingSystem, type LoggingSystem } from './logs.fixture.ts';

let system: LoggingSystem;
beforeAll(async () => {
  system = await startLoggingSystem('info');
});
afterAll(() => system[Symbol.asyncDispose]());

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const find = (fields: Readonly<Record<string, unknown>>) =>
  system.lines().filter((line) => Object.entries(fields).every(([name, value]) => line[name] === value));

describe('a booking', () => {
  it('can be followed by the ID that its buyer sees, and by that of its row', async () => {
    const { eventId } = await createHall(system.db.reads);
    const buyer = await BuyerClient.start(system.api.url);
    const confirmed = String((await buyer.hold(eventId, [1, 2]))?.['id']);
    await buyer.confirm(confirmed);
    await buyer.confirm(confirmed);
    const expired = String((await buyer.hold(eventId, [3]))?.['id']);
    const { bookingId = '' } = parseBookingId(expired) ?? {};
    await makeHoldOverdue(system.db.reads, bookingId);
    await eventually('the worker expires the hold', () => find({ msg: 'hold expired' }).length === 1);
    const life = (booking: string) => find({ booking }).map(({ msg, seats, code }) => ({ msg, seats, code }));
    expect(life(confirmed)).toMatchObject([
      { msg: 'hold created', seats: 2 },
      { msg: 'booking confirmed', seats: 2 },
      { msg: 'booking confirmed', seats: 2 },
    ]);
    expect(life(expired)).toMatchObject([
      { msg: 'hold created', seats: 1 },
      { msg: 'hold expired', seats: 1 },
    ]);
    expect(find({ bookingId })).toEqual(find({ booking: expired }));
  });

  it('that is refused has a line with the reason', async () => {
    const { eventId } = await createHall(system.db.reads);
    const buyer = await BuyerClient.start(system.api.url);
    await buyer.hold(eventId, [1]);
    await (await BuyerClient.start(system.api.url)).hold(eventId, [1]);
    const refusals = find({ msg: 'command refused', eventId });
    expect(refusals).toMatchObject([{ level: 'info', command: 'hold', code: 'SEATS_UNAVAILABLE' }]);
  });

  it('that is refused often has few lines, and the rest is counted', async () => {
    const { eventId } = await createHall(system.db.reads);
    const buyer = await BuyerClient.start(system.api.url);
    await buyer.hold(eventId, [1]);
    const others = await Promise.all(Array.from({ length: 40 }, () => BuyerClient.start(system.api.url)));
    let omitted = 0;
    await eventually('lines are omitted', async () => {
      await Promise.all(others.map((other) => other.hold(eventId, [1])));
      omitted = find({ msg: 'command refused', eventId }).reduce(
        (sum, line) => sum + Number(line['omitted'] ?? 0),
        0,
      );
      return omitted > 0;
    });
    expect(omitted).toBeGreaterThan(0);
  });
});

describe('a request', () => {
  it('has one line, with its IDs, and its operation as the schema names it', async () => {
    const response = await fetch(`${system.api.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': 'request-0123456789',
        traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify({
        query:
          'query Chosen { mine: __typename events(first: 1) { totalCount } viewer { id } ...F } fragment F on Query { __typename }',
        operationName: 'Chosen',
      }),
    });
    const traceparent = response.headers.get('traceparent') ?? '';
    expect(traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-[\\da-f]{16}-0[01]$`));
    expect(traceparent).not.toContain('00f067aa0ba902b7');
    await response.text();
    await eventually('its line', () => find({ requestId: 'request-0123456789' }).length > 0);
    expect(find({ requestId: 'request-0123456789' })).toMatchObject([
      {
        msg: 'request',
        level: 'info',
        traceId: TRACE_ID,
        operation: 'query __typename, events, viewer, …',
        status: 200,
        network: '127.0.0.0/24',
      },
    ]);
  });

  it.each([
    ['zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['a forbidden version', `ff-${TRACE_ID}-00f067aa0ba902b7-01`],
    ['an appendix', `00-${TRACE_ID}-00f067aa0ba902b7-01-x`],
    ['upper case', `00-${TRACE_ID.toUpperCase()}-00f067aa0ba902b7-01`],
    ['a long text', `01-${TRACE_ID}-00f067aa0ba902b7-01-${'x'.repeat(4_000)}`],
  ])('starts its own trace if `traceparent` has %s', async (_what, traceparent) => {
    const { headers } = await fetch(`${system.api.url}/graphql?query={__typename}`, {
      headers: { traceparent },
    });
    const own = headers.get('traceparent') ?? '';
    expect(own).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(own).not.toContain(TRACE_ID);
    expect(own).not.toContain('0'.repeat(16));
  });

  it('with errors returns its IDs in the extensions', async () => {
    const response = await fetch(`${system.api.url}/graphql?query={nothing}`);
    const { extensions } = (await response.json()) as { extensions: { requestId: string; traceId: string } };
    expect(extensions.requestId).toBe(response.headers.get('x-request-id'));
    expect(response.headers.get('traceparent')).toContain(extensions.traceId);
  });

  it('with a long path has a line of limited length', async () => {
    const { headers } = await fetch(`${system.api.url}/${'x'.repeat(5_000)}`);
    const requestId = headers.get('x-request-id');
    await eventually('its line', () => find({ requestId }).length === 1);
    expect(String(find({ requestId })[0]?.['path'])).toMatch(/^\/x{199}…$/);
  });

  it('of a probe has no line at level info', async () => {
    const { headers } = await fetch(`${system.api.url}/health`);
    await fetch(`${system.api.url}/nothing-here`);
    await eventually('the line of a later request', () => find({ path: '/nothing-here' }).length === 1);
    expect(find({ requestId: headers.get('x-request-id') })).toEqual([]);
  });
});

it('an operation on a WebSocket has a line with the IDs that its response has, and so has the socket', async () => {
  const raw = await RawSocket.init(Number(new URL(system.api.url).port));
  raw.subscribe('1', '{ __typename }');
  const [next] = await raw.take(2);
  const { payload } = next as { payload: { extensions: { requestId: string; traceId: string } } };
  const { extensions } = payload;
  await eventually('its line', () => find(extensions).length === 1);
  expect(find(extensions)).toMatchObject([{ msg: 'websocket operation', operation: 'query __typename' }]);
  raw.socket.close(1000);
  await eventually(
    'the line of the socket',
    () => find({ msg: 'websocket closed', code: 1000 }).length === 1,
  );
});
