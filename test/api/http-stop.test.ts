import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent, request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { eventually } from '../support/eventually.ts';
import { RawSocket, startHttp, type HttpFixture } from './http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp({ DRAIN_SECONDS: '1' });
});
afterAll(() => http.close());

async function getWith(agent: Agent, path: string) {
  const [res] = (await once(request(`${http.url}${path}`, { agent }).end(), 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk as Buffer);
  return { status: res.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown };
}

describe('readiness', () => {
  it('is lost while Redis is away, and comes back', async () => {
    await http.redis.kill();
    await eventually('not ready', async () => (await fetch(`${http.url}/ready`)).status === 503);
    expect(await (await fetch(`${http.url}/ready`)).json()).toMatchObject({
      database: 'ok',
      redis: 'unreachable',
    });
    expect((await fetch(`${http.url}/health`)).status).toBe(200);
    await http.redis.restart();
    await eventually('ready', async () => (await fetch(`${http.url}/ready`)).status === 200);
  });
});

describe('stopping', () => {
  it('says so first, closes sockets and streams, finishes what is under way, then takes nothing more', async () => {
    const agent = new Agent({ keepAlive: true });
    const watching = await RawSocket.init(http.port);
    watching.subscribe('1', 'subscription($e:ID!){seatUpdates(eventId:$e){__typename}}', { e: http.eventId });
    await watching.next();
    const stream = await fetch(
      `${http.url}/graphql?query=${encodeURIComponent(`subscription{seatUpdates(eventId:"${http.eventId}"){__typename}}`)}`,
      { headers: { accept: 'text/event-stream' } },
    );
    // Its body is still on its way when the server begins to stop.
    const body = JSON.stringify({ query: '{__typename}' });
    const underWay = request(`${http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    });
    underWay.write(body.slice(0, 5));
    await once(underWay, 'socket');

    const stopped = http.stop();
    expect(await getWith(agent, '/ready')).toMatchObject({ status: 503, body: { draining: true } });
    expect(await watching.closed).toBe(1001);
    expect(await stream.text()).toContain('SeatMapSnapshot');
    underWay.end(body.slice(5));
    const [answer] = (await once(underWay, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    answer.resume();
    await stopped;
    await expect(fetch(`${http.url}/health`)).rejects.toThrow();
    agent.destroy();
  });
});
