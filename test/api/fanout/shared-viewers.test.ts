import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { schema } from '../../../src/graphql/schema/schema.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { createHall } from '../../support/hall.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';
import { holdWith, release, seatUpdates, StreamReader, updateOf, valueOf } from './shared.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const bookingUpdates =
  'subscription ($id: ID!) { bookingUpdates(bookingId: $id) { id status seats { index } } }';

interface BookingMessage {
  readonly payload: { readonly data: { readonly bookingUpdates: { id: string; status: string } } };
}

describe('a subscription that depends on the viewer', () => {
  it('reaches only its viewer, even if others send the same document', async () => {
    const before = await valueOf(metrics.sharedExecutions);
    const viewers = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const token = await http.token();
        const bookingId = await holdWith(http, token, 2 * i);
        const raw = await RawSocket.init(http.port, { authorization: token });
        raw.subscribe('1', bookingUpdates, { id: bookingId });
        return { token, bookingId, raw };
      }),
    );
    await Promise.all(viewers.map(({ token, bookingId }) => release(http, token, bookingId)));
    for (const { raw, bookingId } of viewers) {
      for (let status = ''; status !== 'RELEASED';) {
        const { payload } = (await raw.next()) as unknown as BookingMessage;
        expect(payload.data.bookingUpdates.id).toBe(bookingId);
        ({ status } = payload.data.bookingUpdates);
      }
      raw.socket.close();
    }
    expect(await valueOf(metrics.sharedExecutions)).toBe(before);
  });

  it('is refused to others while its owner watches', async () => {
    const token = await http.token();
    const bookingId = await holdWith(http, token, 20);
    const owner = await RawSocket.init(http.port, { authorization: token });
    owner.subscribe('1', bookingUpdates, { id: bookingId });
    await owner.next();
    for (const [other, code] of [
      [await http.token(), 'NOT_FOUND'],
      [undefined, 'UNAUTHENTICATED'],
    ] as const) {
      const raw = await RawSocket.init(http.port, other === undefined ? undefined : { authorization: other });
      raw.subscribe('1', bookingUpdates, { id: bookingId });
      const answer = await raw.next();
      expect(answer).toMatchObject({ payload: { errors: [{ extensions: { code } }] } });
      expect(JSON.stringify(answer)).not.toContain('"seats"');
      raw.socket.close();
    }
    owner.socket.close();
  });
});

describe('an error that all subscribers of an operation see', () => {
  it('has an ID that is the request of none of them', async () => {
    const field = schema.getSubscriptionType()?.getFields()['seatUpdates'];
    if (field === undefined) throw new Error('there is no such field');
    const failing = vi.spyOn(field, 'resolve').mockImplementation(() => {
      throw new Error('a fault');
    });
    onTestFinished(() => failing.mockRestore());
    const before = await valueOf(metrics.sharedExecutions);
    const leaving = new AbortController();
    onTestFinished(() => leaving.abort());
    const query = `subscription { seatUpdates(eventId: "${http.eventId}") { __typename } }`;
    const seen = [];
    for (const viewer of ['viewer-one', 'viewer-two']) {
      const response = await fetch(`${http.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { accept: 'text/event-stream', 'x-request-id': viewer },
        signal: leaving.signal,
      });
      expect(response.headers.get('x-request-id')).toBe(viewer);
      const reader = response.body?.getReader();
      let text = '';
      while (!text.includes('\n\n', 3)) text += Buffer.from((await reader?.read())?.value ?? []).toString();
      seen.push(/"requestId":"([^"]+)"/.exec(text)?.[1]);
    }
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + 1);
    expect(seen[0]).toMatch(/^[\da-f-]{36}$/);
    expect(seen[1]).toBe(seen[0]);
  });
});

describe('a draft', () => {
  it('is visible only to its organizer, even while the organizer watches with the same document', async () => {
    const organizerId = randomUUID();
    const { reads } = http.context.database;
    const draft = await createHall(reads, { status: 'DRAFT', organizerId });
    const { token } = await http.context.identity.issue({ userId: organizerId, role: 'ORGANIZER' });
    const owner = await RawSocket.init(http.port, { authorization: token });
    const variables = { e: encodeEventId(draft.eventId) };
    owner.subscribe('1', seatUpdates, variables);
    expect(updateOf((await owner.next())['payload'])).toMatchObject({ __typename: 'SeatMapSnapshot' });

    const stranger = await RawSocket.init(http.port);
    stranger.subscribe('1', seatUpdates, variables);
    expect(await stranger.next()).toMatchObject({
      type: 'next',
      payload: {
        errors: [
          {
            message: 'The event does not exist or is not visible to you. Check the ID.',
            extensions: { code: 'NOT_FOUND' },
          },
        ],
      },
    });
    expect(await stranger.next()).toEqual({ id: '1', type: 'complete' });
    const stream = await StreamReader.open(http, { query: seatUpdates, variables });
    await stream.until(() => stream.text.includes('event: complete'));
    expect(stream.messages).toMatchObject([{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
    owner.socket.close();
    stranger.socket.close();
  });
});
