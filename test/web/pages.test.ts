import { readFileSync } from 'node:fs';
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

it('the page of an event loads at most 120 kB before it asks for the event', async () => {
  const requests: string[] = [];
  const page = await web().open('/nowhere', { expected: /status of 404/ });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(web().eventUrl);
  await page.locator('.seat').first().waitFor();
  const before = requests.slice(
    0,
    requests.findIndex((url) => url.endsWith('/graphql')),
  );
  // The browser loads the layout beside the scripts.
  const files = [...new Set(before)].filter((url) => !url.includes('/layouts/'));
  expect(files.filter((url) => url.endsWith('.js')).length).toBeGreaterThan(0);
  const bodies = await Promise.all(files.map(async (url) => (await fetch(url)).arrayBuffer()));
  const bytes = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
  expect(bytes).toBeLessThanOrEqual(120_000);
});

it('a change of the language keeps what was typed, chosen and selected, and the focus', async () => {
  const { url } = await web().createEvent({ name: 'Evening of Voices' });
  const page = await web().open('/');
  const focused = (name: string) =>
    page.getByRole('button', { name, exact: true }).and(page.locator(':focus')).waitFor();
  await page.getByRole('searchbox').fill('Voi');
  await page.getByRole('button', { name: 'Deutsch' }).click();
  await page.getByRole('heading', { name: 'Veranstaltung finden' }).waitFor();
  expect(await page.getByRole('searchbox').inputValue()).toBe('Voi');
  await focused('English');
  await page.goto(url);
  await page.getByRole('radio', { name: '2' }).check();
  await page.locator('[data-seat="5"]').click();
  await page.locator('.seat-lines').getByText('Block A, Reihe 1, Platz 6').waitFor();
  const kept = await page.locator('.chooser').elementHandle();
  await page.getByRole('button', { name: 'English' }).click();
  await page.locator('.seat-lines').getByText('Block A, row 1, seat 6').waitFor();
  await focused('Deutsch');
  expect(await page.getByRole('radio', { name: '2' }).isChecked()).toBe(true);
  expect(await page.locator('[data-seat="5"]').getAttribute('aria-pressed')).toBe('true');
  expect(await kept?.evaluate((element) => element.isConnected)).toBe(true);
});

it('the event and its layout are asked for once, and again if that failed before the page was there', async () => {
  const page = await web().open('/nowhere', { expected: /status of 404|net::ERR_FAILED/ });
  const asked: string[] = [];
  let failing = '';
  await page.route(/\/graphql$|\/layouts\//, (route) => {
    const isEvent = route.request().postData()?.includes('query EventDetails') === true;
    const what = isEvent ? 'event' : route.request().url().includes('/layouts/') ? 'layout' : '';
    if (what !== '') asked.push(what);
    const isFirst = asked.filter((other) => other === what).length === 1;
    return what === failing && isFirst ? route.abort() : route.continue();
  });
  const open = async (what: string) => {
    failing = what;
    asked.length = 0;
    await page.goto(web().eventUrl);
    await page.locator('.seat').first().waitFor();
    return asked.toSorted();
  };
  expect(await open('nothing')).toEqual(['event', 'layout']);
  expect(await open('event')).toEqual(['event', 'event', 'layout']);
  expect(await open('layout')).toEqual(['event', 'layout', 'layout']);
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
  expect(await page.locator('.seat').first().getAttribute('title')).toMatch(
    /^\u2068[^·]*\u2069 · \u2068[^·]*\u2069 · €\d+$/,
  );
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('button', { name: /^Confirm for/ }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a file' }).click();
  const saved = readFileSync(await (await saving).path(), 'utf8');
  expect(saved).toMatch(/^\u2068.*\u2069 · \u2068.*\u2069 · €\d+$/mu);
  expect(await page.locator('img[src="x"]').count()).toBe(0);
});
