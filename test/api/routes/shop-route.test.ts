import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readShop } from '../../../src/http/routes/shop/shop-files.ts';
import { createShopRoutes } from '../../../src/http/routes/shop/shop-route.ts';
import { eventAddress } from '../../../src/web/shop/api/addresses.ts';
import { startHttp, type HttpFixture } from '../http/http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const htmlType = 'text/html; charset=utf-8';

async function ask(path: string) {
  const response = await fetch(`${http.url}${path}`, { headers: { accept: 'text/html' } });
  return [response.status, response.headers.get('content-type')];
}

it('pages of the shop have status 200, and unknown addresses are its page with status 404', async () => {
  for (const path of ['/', '/bookings', '/booking/Qm9va2luZw', eventAddress(http.eventId)])
    expect(await ask(path)).toEqual([200, htmlType]);
  for (const path of ['/nowhere', '/e/', '/e/RXZlbnQ6OTk5OTk', '/e/x%2fy', '/booking/<x>', '/assets/x.js'])
    expect(await ask(path)).toEqual([404, htmlType]);
  const api = await fetch(`${http.url}/nowhere`);
  expect([api.status, api.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
});

it('an event that is not public is the 404 page', async () => {
  const draft = await startHttp();
  try {
    const where = { id: draft.hall.eventId };
    await draft.context.database.reads.event.update({ where, data: { status: 'DRAFT' } });
    const page = await fetch(`${draft.url}${eventAddress(draft.eventId)}`, {
      headers: { accept: 'text/html' },
    });
    expect(page.status).toBe(404);
  } finally {
    await draft.close();
  }
});

it('the page of an event has its layout loaded, unless buyers do not see the map at once', async () => {
  const event = await startHttp();
  try {
    const { reads } = event.context.database;
    const where = { id: event.hall.eventId };
    const ask = async () => (await fetch(`${event.url}${eventAddress(event.eventId)}`)).headers.get('link');
    const path = await event.context.eventLayouts.path(event.hall.eventId);
    expect(await ask()).toBe(`<${path}>; rel=preload; as=fetch; crossorigin`);
    const onSaleAt = new Date(Date.now() + 3_600_000);
    await reads.event.update({ where, data: { onSaleAt } });
    await expect.poll(ask, { timeout: 5_000 }).toBeNull();
  } finally {
    await event.close();
  }
});

it('files with a hash are cached forever, and the page is checked each time', async () => {
  const page = await fetch(`${http.url}/`);
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
  const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text()) ?? [];
  const asset = await fetch(`${http.url}${script}`);
  expect(asset.headers.get('cache-control')).toContain('immutable');
});

it('a hostile Host header does not get into the policy', async () => {
  const sent = request(`${http.url}/`, { headers: { host: 'x; script-src *' } }).end();
  const [response] = (await once(sent, 'response')) as [{ headers: Record<string, string>; resume(): void }];
  response.resume();
  expect(response.headers['content-security-policy']).not.toContain('script-src *');
});

it('without a build, the shop has only the page that tells how to build it', () => {
  expect(readShop('/nowhere')).toBeNull();
  const { routes } = createShopRoutes({ ...http.context, shop: null });
  expect(routes.map(({ path }) => path)).toEqual(['/']);
});
