import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { RoomTokens } from '../../../src/waiting-room/tokens.ts';
import { writeRoomSettings } from '../../../src/waiting-room/rooms/rooms.sql.ts';
import { valueOf } from '../fanout/shared.fixture.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const updates = `subscription ($e: ID!) { waitingRoomUpdates(eventId: $e) { state waiting nowServing pacePerMinute } }`;

const toView = (message: Record<string, unknown>) =>
  (message['payload'] as { data: { waitingRoomUpdates: { state: string; pacePerMinute: number } } }).data
    .waitingRoomUpdates;

describe('waitingRoomUpdates', () => {
  it('executes each state once for all subscribers, and needs neither a token nor Redis', async () => {
    const { waitingRooms, database } = http.context;
    const { eventId } = http.hall;
    const before = await valueOf(metrics.sharedExecutions);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => RawSocket.init(http.port)));
    for (const raw of sockets)
      for (let i = 0; i < 10; i++) raw.subscribe(`s${i}`, updates, { e: http.eventId });
    for (const raw of sockets)
      for (const message of await raw.take(10)) expect(toView(message)).toMatchObject({ state: 'OFF' });
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + 1);
    await writeRoomSettings(database.worker, eventId, { mode: 'ON', pacePerMinute: 42 });
    await waitingRooms.directory.refresh();
    for (const raw of sockets)
      for (const message of await raw.take(10))
        expect(toView(message)).toMatchObject({ state: 'OPEN', pacePerMinute: 42 });
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + 2);
    for (const raw of sockets) raw.socket.close();
  });

  it('continues once a second while somebody waits', async () => {
    const { waitingRooms, database } = http.context;
    const { eventId } = http.hall;
    await writeRoomSettings(database.worker, eventId, { mode: 'ON', pacePerMinute: 1 });
    await waitingRooms.directory.refresh();
    await database.worker.waitingRoom.update({ where: { eventId }, data: { waiting: 7 } });
    const raw = await RawSocket.init(http.port);
    raw.subscribe('s', updates, { e: http.eventId });
    await raw.next();
    for (let i = 0; i < 3; i++) {
      await waitingRooms.directory.refresh();
      expect(toView(await raw.next())).toMatchObject({ waiting: 7 });
    }
    raw.socket.close();
  });

  it('serves an operation that cannot be shared, too', async () => {
    const { waitingRooms, database } = http.context;
    const raw = await RawSocket.init(http.port);
    raw.subscribe('s', updates.replace('$e) {', '$e) @include(if: true) {'), { e: http.eventId });
    expect(toView(await raw.next())).toMatchObject({ pacePerMinute: 1 });
    await writeRoomSettings(database.worker, http.hall.eventId, { pacePerMinute: 2 });
    await waitingRooms.directory.refresh();
    expect(toView(await raw.next())).toMatchObject({ pacePerMinute: 2 });
    raw.socket.close();
  });

  it('fails for an event that does not exist', async () => {
    const raw = await RawSocket.init(http.port);
    raw.subscribe('s', updates, { e: Buffer.from('Event:999999').toString('base64') });
    expect(await raw.next()).toMatchObject({
      payload: { errors: [{ extensions: { code: 'NOT_FOUND' } }] },
    });
    raw.socket.close();
  });
});

describe('an admission', () => {
  it('is checked without Redis', async () => {
    const { waitingRooms, database } = http.context;
    const { eventId } = http.hall;
    await writeRoomSettings(database.worker, eventId, { mode: 'ON' });
    await waitingRooms.directory.refresh();
    const { token, userId } = await http.context.identity.issue({ userId: randomUUID(), role: 'BUYER' });
    const hold = async (admissionToken: string) => {
      const query = `mutation ($i: HoldSeatsInput!) { holdSeats(input: $i) { __typename } }`;
      const input = { eventId: http.eventId, seatIds: [http.seatId(0)], admissionToken };
      const body = { query, variables: { i: input } };
      const response = await http.post(body, { authorization: `Bearer ${token}` });
      return ((await response.json()) as { data: { holdSeats: { __typename: string } } }).data.holdSeats;
    };
    const tokens = new RoomTokens(http.context.config.auth.secret);
    const admission = tokens.issueAdmission({ eventId, buyerId: userId }, Date.now());
    await http.redis.kill();
    expect(await hold('x')).toEqual({ __typename: 'AdmissionRequiredError' });
    expect(await hold(admission.token)).toEqual({ __typename: 'Booking' });
  });
});
