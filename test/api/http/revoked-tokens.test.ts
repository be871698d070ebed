import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runToEnd } from '../../support/processes/run-to-end.ts';
import { eventually } from '../../support/eventually.ts';
import { RawSocket, startHttp, type HttpFixture } from './http.fixture.ts';
import { hold, holdWith, seatUpdates } from '../fanout/shared.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const bookingUpdates = 'subscription($b:ID!){bookingUpdates(bookingId:$b){status}}';

const revoke = (...args: string[]) =>
  runToEnd(['scripts/revoke-token.ts', ...args], {
    DATABASE_URL: http.context.config.databaseUrl,
    NODE_ENV: 'test',
  });

const isRefused = (token: string) =>
  eventually('the token to be refused', async () => {
    const answer = await http.post({ query: '{ viewer { id } }' }, { authorization: `Bearer ${token}` });
    return answer.status === 401;
  });

it('a revoked token ends the private subscriptions of its sockets and streams, and nothing else', async () => {
  const { token, userId } = await http.context.identity.startGuestSession();
  const booking = await holdWith(http, token, 1);
  const raw = await RawSocket.init(http.port, { authorization: token });
  raw.subscribe('mine', bookingUpdates, { b: booking });
  expect(await raw.next()).toMatchObject({ id: 'mine', payload: { data: {} } });
  raw.subscribe('watch', seatUpdates, { e: http.eventId });
  expect(await raw.next()).toMatchObject({ id: 'watch', payload: { data: {} } });
  const stream = await http.post(
    { query: bookingUpdates, variables: { b: booking } },
    { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
  );
  expect(await revoke('--subject', userId)).toMatchObject({ code: 0 });
  expect(await raw.next()).toMatchObject({
    id: 'mine',
    type: 'next',
    payload: {
      errors: [
        { message: expect.stringContaining('revoked') as string, extensions: { code: 'UNAUTHENTICATED' } },
      ],
    },
  });
  expect(await raw.next()).toEqual({ id: 'mine', type: 'complete' });
  expect(await stream.text()).toMatch(/"status":"HOLD"[^]*"code":"UNAUTHENTICATED"[^]*event: complete/);
  await hold(http, 2);
  expect(await raw.next()).toMatchObject({ id: 'watch', type: 'next', payload: { data: {} } });
  raw.subscribe('viewer', '{ viewer { id } }');
  expect(await raw.next()).toMatchObject({ id: 'viewer', payload: { data: { viewer: null } } });
  raw.socket.close();
  await isRefused(token);
});

it('a token can be revoked by its ID, and an unknown subject is reported', async () => {
  const { token } = await http.context.identity.startGuestSession();
  const { token: other } = await http.context.identity.startGuestSession();
  expect(await revoke('--id', decodeJwt(token).jti ?? '')).toMatchObject({ code: 0 });
  await isRefused(token);
  expect((await http.post({ query: '{ viewer { id } }' }, { authorization: `Bearer ${other}` })).status).toBe(
    200,
  );
  expect(await revoke('--subject', 'nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No user has the subject nobody') as string,
  });
});
