import { expect, it } from 'vitest';
import type { BrowserContextOptions } from 'playwright-core';
import { findViolations } from './axe.ts';
import { expectShown, selectSeats, useWeb } from './web.fixture.ts';

const web = useWeb();

const lostConnection = { expected: /net::ERR_|WebSocket|status of 50/ };
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};

it('Redis restarts while the page is open: the map goes on, and the purchase completes', async () => {
  const { url } = await web().createEvent();
  const [page, other] = await Promise.all([web().open(url), web().open(url)]);
  await selectSeats(page, 3, 4);
  await selectSeats(other, 10, 11);
  await page.locator('.live-state[data-free="40"]').waitFor();
  await web().http.redis.restart();
  await other.getByRole('button', { name: 'Hold 2 seats' }).click();
  await other.getByRole('region', { name: 'Held for you' }).waitFor();
  // The other page hears of it, by Redis or by the comparison of versions.
  await page.locator('.live-state[data-free="38"]').waitFor();
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  await page.getByRole('button', { name: 'Confirm for €98' }).click();
  await expectShown(page.getByRole('heading', { name: 'You have your seats' }));
});

it('a phone that is offline for a while says so, keeps the selection, and goes on by itself', async () => {
  const { url } = await web().createEvent();
  const [page, other] = await Promise.all([
    web().open(url, { ...phone, ...lostConnection }),
    web().open(url),
  ]);
  await page.locator('[data-seat="20"]').tap();
  await page.locator('[data-seat="21"]').tap();
  await page.context().setOffline(true);
  await page.getByRole('status').getByText('You are offline.').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await selectSeats(other, 21, 22);
  await other.getByRole('button', { name: 'Hold 2 seats' }).click();
  await other.getByRole('region', { name: 'Held for you' }).waitFor();
  expect(await page.locator('.seat[aria-pressed="true"]').count()).toBe(2);
  await page.context().setOffline(false);
  await page.getByText('You are offline.').waitFor({ state: 'hidden' });
  await page.getByText('was just taken by somebody else').first().waitFor();
  await page.locator('.live-state[data-free="38"]').waitFor();
  await page.getByRole('button', { name: 'Hold 1 seat' }).tap();
  await page.getByRole('button', { name: 'Confirm for €49' }).tap();
  await expectShown(page.getByRole('heading', { name: 'You have your seats' }));
});

it('a page that cannot load says so, and loads when it is asked again', async () => {
  const page = await web().open('/nowhere', { expected: /net::ERR_|status of 404/ });
  let isDown = true;
  const held = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    await held.promise;
    await (isDown ? route.abort('connectionrefused') : route.continue());
  });
  await page.getByRole('link', { name: 'All events' }).click();
  await page.getByRole('status').getByText('Loading').waitFor({ state: 'attached' });
  expect(await findViolations(page)).toEqual([]);
  held.resolve();
  await page.getByRole('alert').waitFor();
  expect(await findViolations(page)).toEqual([]);
  isDown = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page
    .getByRole('link', { name: /Test Night/ })
    .first()
    .waitFor();
});
