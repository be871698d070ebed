import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { createBuyerId } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { backUp } from '../../support/services/lost-commits.ts';
import { startHttp, type HttpFixture } from '../http/http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

async function hold(at: Hall, ...seats: number[]): Promise<void> {
  for (const seat of seats) {
    const order = { buyerId: createBuyerId(), idempotencyKey: null, onConflict: 'FAIL' as const };
    await holdSeats(http.context, { ...order, eventId: at.eventId, seats: [seat] });
  }
}

async function truth({ eventId }: Hall) {
  const map = await readSeatMap(http.context.database.reads, eventId);
  return { version: map?.version, states: map?.states.encode() };
}

async function queried({ eventId }: Hall) {
  const query = `{ event(id: "${encodeEventId(eventId)}") { seatMap { version states } } }`;
  const { data } = (await (await http.post({ query })).json()) as { data: { event: { seatMap: object } } };
  return data.event.seatMap;
}

const fetched = (at: Hall, headers: Record<string, string> = {}) =>
  fetch(`${http.url}/events/${encodeEventId(at.eventId)}/seat-map`, { headers });

it.each([
  ['the same version', [5, 6]],
  ['a later version', [5, 6, 7]],
  ['an earlier version', [5]],
])('shows the map of now after lost commits, when the database has reached %s', async (_, seats) => {
  const at = await createHall(http.context.database.reads);
  await hold(at, 0);
  const backup = await backUp(http.context.database.reads, at.eventId);
  await hold(at, 1, 2);
  const lost = await truth(at);
  await eventually('the lost version is served', async () => {
    const response = await fetched(at);
    return ((await response.json()) as { version: number }).version === lost.version;
  });
  const etag = (await fetched(at)).headers.get('etag') ?? '';
  expect(await queried(at)).toEqual(lost);

  await backup.restore();
  await hold(at, ...seats);
  const now = await truth(at);
  expect(await queried(at)).toEqual(now);
  await eventually('the map of now is served', async () => {
    const response = await fetched(at, { 'if-none-match': etag });
    if (response.status === 304) return false;
    const { version, states } = (await response.json()) as { version: number; states: string };
    return version === now.version && states === now.states;
  });
});
