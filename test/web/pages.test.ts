import { gzipSync } from 'node:zlib';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { eventAddress } from '../../src/web/shop/api/addresses.ts';
import { encodeEventId } from '../../src/platform/ids.ts';
import { createHall } from '../support/hall.ts';
import { describe, expect, it } from 'vitest';
import { findViolations } from './axe.ts';
import { useWeb, walkPurchase } from './web.fixture.ts';

const web = useWeb();

/** A page that is wider than the window would scroll sideways. */
const isTooWide = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

describe.each<[string, BrowserContextOptions]>([
  ['in light colors, English, on a desktop', { colorScheme: 'light' }],
  [
    'in dark colors, German, 320 pixels wide',
    { colorScheme: 'dark', locale: 'de-DE', viewport: { width: 320, height: 640 } },
  ],
])('%s', (_name, options) => {
  it('no page has an error that axe finds, and none scrolls sideways', async () => {
    const page = await web().open('/', { ...options, expected: /status of 404/ });
    const check = async () => {
      expect(await findViolations(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
    };
    await walkPurchase(page, web().eventUrl, check);
    for (const [address, shown] of [
      ['/nowhere', '.eyebrow'],
      ['/?q=no-such-event', '.empty'],
      ['/developers', 'h1'],
    ] as const) {
      await page.goto(address);
      await page.locator(shown).waitFor();
      await check();
    }
    await page.evaluate(() => localStorage.clear());
    await page.goto('/bookings');
    await page.locator('.empty').waitFor();
    await check();
  });
});

it('the page of an event loads at most 120 kB before the layout', async () => {
  const requests: string[] = [];
  const page = await web().open('/nowhere', { expected: /status of 404/ });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(web().eventUrl);
  await page.locator('.seat').first().waitFor();
  const before = requests.slice(
    0,
    requests.findIndex((url) => url.includes('/layouts/')),
  );
  const files = [...new Set(before)].filter((url) => !url.endsWith('/graphql'));
  expect(files.filter((url) => url.endsWith('.js')).length).toBeGreaterThan(0);
  const bodies = await Promise.all(files.map(async (url) => (await fetch(url)).arrayBuffer()));
  const bytes = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
  expect(bytes).toBeLessThanOrEqual(120_000);
});

it('names with markup and reordering characters are shown as text, wherever they are', async () => {
  const { reads } = web().http.context.database;
  const name = '<img src=x onerror=alert(1)>\u202Egnp.tac';
  const tiers = [1_000, 2_000].map((amount) => ({ name: `${amount} ${name}`, amount }));
  const hall = await createHall(reads, { name, tiers });
  await reads.venueSeat.updateMany({ where: { venueId: hall.venueId }, data: { section: name, row: name } });
  await reads.venue.update({ where: { id: hall.venueId }, data: { name } });
  const page = await web().open(eventAddress(encodeEventId(hall.eventId)));
  const heading = page.getByRole('heading', { level: 1 });
  await heading.waitFor();
  expect(await heading.textContent()).toBe(name);
  await page.locator('.seat').first().click();
  await page.locator('.seat-lines bdi').first().waitFor();
  await page.getByRole('button', { name: /^Remove/ }).waitFor();
  const shown = await page.locator('.seat-lines').textContent();
  expect(shown).toContain(name);
  // In sentences, a name is isolated, and cannot reorder the rest.
  expect(await page.getByRole('button', { name: /^Remove/ }).getAttribute('aria-label')).toContain('\u2069');
  expect(await page.title()).toBe(`\u2068${name.replace('\u202E', '')}\u2069 – Sellout`);
  expect(await page.locator('img[src="x"]').count()).toBe(0);
});
