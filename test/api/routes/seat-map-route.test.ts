import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { encodeSeatMap, seatMapKey } from '../../../src/seating/map/seat-map-cache.ts';
import { makeBatchId } from '../../support/batch-ids.ts';
import { createBuyerId } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { createEventIn, createHall, type Hall } from '../../support/hall.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';
import { rawExchange, startHttp, type HttpFixture } from '../http/http.fixture.ts';

let http: HttpFixture;
/** Enough seats that the map is compressed. */
let large: Hall;

beforeAll(async () => {
  http = await startHttp();
  large = await createHall(http.context.database.reads, { rows: 100, seatsPerRow: 40 });
});
afterAll(() => http.close());

interface SeatMapBody {
  readonly eventId: string;
  readonly version: number;
  readonly states: string;
  readonly layoutUrl: string;
}

function get(id: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return fetch(`${http.url}/events/${id}/seat-map`, {
    method,
    headers: { 'accept-encoding': 'identity', ...headers },
  });
}

async function hold(at: Hall, seat: number): Promise<void> {
  const order = { buyerId: createBuyerId(), idempotencyKey: null, onConflict: 'FAIL' as const };
  await holdSeats(http.context, { ...order, eventId: at.eventId, seats: [seat] });
}

async function truth(at: Hall) {
  const map = await readSeatMap(http.context.database.reads, at.eventId);
  return { version: map?.version, states: map?.states.encode() };
}

describe('GET /events/:id/seat-map', () => {
  it('returns the map with the URL of the layout, cacheable for a second', async () => {
    const response = await get(http.eventId);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=1, stale-while-revalidate=4');
    const body = (await response.json()) as SeatMapBody;
    expect(Object.keys(body)).toEqual(['eventId', 'version', 'states', 'layoutUrl']);
    expect(body).toMatchObject({ eventId: http.eventId, ...(await truth(http.hall)) });
    expect((await fetch(http.url + body.layoutUrl)).status).toBe(200);
  });

  it.each([
    ['as it is', '='],
    ['escaped', '%3D'],
    ['escaped in lower case', '%3d'],
    ['without its padding', ''],
  ])('takes the id %s', async (_, padding) => {
    const id = encodeEventId(large.eventId);
    expect(id).toContain('=');
    expect((await get(id.replaceAll('=', padding))).status).toBe(200);
  });

  it('answers 304 to a client that has the version, until there is a newer one', async () => {
    const at = await createHall(http.context.database.reads);
    const id = encodeEventId(at.eventId);
    const first = await get(id);
    const etag = first.headers.get('etag') ?? '';
    const { layoutUrl } = (await first.json()) as SeatMapBody;
    const [, layout = ''] = /\/([\w-]{6})[\w-]*\.json$/.exec(layoutUrl) ?? [];
    expect(etag).toMatch(new RegExp(`^"0-[\\da-f]{8}-${layout}"$`));
    const again = await get(id, { 'if-none-match': `"elsewhere", W/${etag}` });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    await hold(at, 1);
    await eventually('there is a new version', async () => {
      const response = await get(id, { 'if-none-match': etag });
      if (response.status === 304) return false;
      expect(await response.json()).toMatchObject(await truth(at));
      expect(response.headers.get('etag')).toMatch(new RegExp(`^"1-[\\da-f]{8}-${layout}"$`));
      return true;
    });
  });

  it('answers HEAD as GET, without the body', async () => {
    const [head, whole] = await Promise.all([get(http.eventId, {}, 'HEAD'), get(http.eventId)]);
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const name of ['etag', 'content-length', 'content-type', 'cache-control'])
      expect(head.headers.get(name)).toBe(whole.headers.get(name));
    expect((await get(http.eventId, {}, 'POST')).status).toBe(405);
  });

  it('is compressed if it is large', async () => {
    const id = encodeEventId(large.eventId);
    const plain = await (await get(id)).text();
    for (const [encoding, unpack] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const raw = await rawExchange(
        http.port,
        `GET /events/${id}/seat-map HTTP/1.1\r\nHost: a\r\nAccept-Encoding: ${encoding}\r\nConnection: close\r\n\r\n`,
      );
      const [head = '', body = ''] = raw.split('\r\n\r\n', 2);
      expect(head).toContain(`content-encoding: ${encoding}`);
      expect(head).toMatch(new RegExp(`etag: "0-[\\da-f]{8}-[\\w-]{6}-${encoding}"`));
      expect(unpack(Buffer.from(body, 'latin1')).toString()).toBe(plain);
    }
    expect((await get(http.eventId, { 'accept-encoding': 'br' })).headers.get('content-encoding')).toBeNull();
  });

  it('answers 404 for drafts, unknown events and other IDs', async () => {
    const { reads } = http.context.database;
    const { venueId, seatCount, organizerId } = http.hall;
    const draft = await createEventIn(reads, venueId, seatCount, organizerId, { status: 'DRAFT' });
    const ids = [
      encodeEventId(draft),
      encodeEventId(999_999),
      encodeSeatId(1, 1),
      '1',
      'x',
      '%',
      '%3D',
      '=',
      'RXZlbnQ6MDE=',
    ];
    for (const id of ids) {
      const response = await get(id);
      expect([id, response.status, response.headers.get('cache-control')]).toEqual([id, 404, 'no-store']);
    }
    for (const path of ['/events/', '/events', '/events//seat-map', `/events/${http.eventId}/seat-map/`])
      expect((await fetch(http.url + path)).status).toBe(404);
    await http.context.database.reads.event.update({ where: { id: draft }, data: { status: 'ON_SALE' } });
    await eventually(
      'it is seen when published',
      async () => (await get(encodeEventId(draft))).status === 200,
    );
  });

  it('asks the database at most once a second, for any number of requests', async () => {
    const at = await createHall(http.context.database.reads);
    let statuses: number[] = [];
    const statements = await captureStatements(async () => {
      const responses = await Promise.all(Array.from({ length: 60 }, () => get(encodeEventId(at.eventId))));
      statuses = responses.map(({ status }) => status);
    });
    expect(statuses).toEqual(Array(60).fill(200));
    const named = (name: string) => statements.filter((text) => text.includes(name));
    expect(named('readSeatMaps')).toHaveLength(1);
    // On a busy machine, sixty requests may take more than one second.
    expect(named('readPublicVersion').length).toBeLessThan(10);
  });
});

describe('the Redis cache', () => {
  it('is given the whole map of a process that follows the event, if it missed a change', async () => {
    const { redis, feeds } = http.context;
    const at = await createHall(http.context.database.reads);
    const { release } = await feeds.acquire(at.eventId);
    onTestFinished(release);
    await hold(at, 0);
    const old = encodeSeatMap(at.seatCount, {
      version: 0,
      batchId: makeBatchId(0),
      states: Buffer.alloc(10).toString('base64'),
    });
    await eventually(
      'the feed has the change',
      () => http.context.seatMaps.liveVersion(at.eventId)?.version === 1,
    );
    await redis.set(seatMapKey(at.eventId), old);
    await hold(at, 3);
    await eventually('the cache has been replaced', async () => {
      const value = await redis.getBuffer(seatMapKey(at.eventId));
      return value !== null && value.readBigUInt64BE(8) === 2n;
    });
    const value = await redis.getBuffer(seatMapKey(at.eventId));
    expect(value?.toString('base64', 32)).toBe((await truth(at)).states);
  });

  it('follows the commits of this process after the map has been read once', async () => {
    const { redis } = http.context;
    const at = await createHall(http.context.database.reads);
    await hold(at, 0);
    expect(await redis.exists(seatMapKey(at.eventId))).toBe(0);
    await get(encodeEventId(at.eventId));
    for (const seat of [3, 6, 9]) await hold(at, seat);
    const { states = '' } = await truth(at);
    await eventually('the cache has it', async () => {
      const value = await redis.getBuffer(seatMapKey(at.eventId));
      return value !== null && value.readBigUInt64BE(8) === 4n && value.toString('base64', 32) === states;
    });
  });
});

describe('event.seatMap', () => {
  it('shows buyers the seats that they have just held, from any source of the map', async () => {
    const at = await createHall(http.context.database.reads);
    const body = { query: `{ event(id: "${encodeEventId(at.eventId)}") { seatMap { version states } } }` };
    const check = async () => {
      const response = await http.post(body);
      const { data } = (await response.json()) as { data: { event: { seatMap: SeatMapBody } } };
      expect(data.event.seatMap).toEqual(await truth(at));
    };
    await check();
    await hold(at, 1);
    await check();
    await http.context.redis.flushall();
    await hold(at, 3);
    await check();
    const { release } = await http.context.feeds.acquire(at.eventId);
    for (const seat of [5, 7, 9]) {
      await hold(at, seat);
      await check();
    }
    release();
  });
});
