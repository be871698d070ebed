import { expect, it } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expireHolds } from '../../src/booking/expiry/hold-sweeper.ts';
import type { EventStatus } from '../../src/generated/prisma/enums.ts';
import { makeHoldOverdue, unannounced } from '../support/booking.ts';
import { findViolations } from './axe.ts';
import { expectShown, selectSeats, useWeb, withoutBookingUpdates } from './web.fixture.ts';

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

it('a page whose file could not be loaded loads itself again, and shows the confirmation', async () => {
  const { url } = await web().createEvent();
  const page = await web().open(url, {
    expected: /net::ERR_/,
    before: (opened) => opened.route('**/assets/booking-page-*', (route) => route.abort(), { times: 1 }),
  });
  // The file is loaded ahead, and then stays unavailable in this document.
  const failing = page.waitForEvent('requestfailed', (request) => request.url().includes('/booking-page-'));
  await selectSeats(page, 3);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('timer').waitFor();
  await failing;
  await page.getByRole('button', { name: 'Confirm for €49' }).click();
  await expectShown(page.getByRole('heading', { name: 'You have your seats' }));
});

/** Loses the answer to a mutation, which the server gets or does not get. */
async function loseAnswer(page: Page, operation: string, reachesServer: boolean): Promise<void> {
  const lost = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (!(route.request().postData() ?? '').includes(`mutation ${operation}`)) return route.fallback();
    if (reachesServer) await route.fetch();
    await route.abort('connectionreset');
    lost.resolve();
  });
  await lost.promise;
}

it('a page that is reloaded before it has learned an outcome finds it out before it offers anything else', async () => {
  const { hall, url } = await web().createEvent();
  const page = await web().open(url, { ...lostConnection, before: withoutBookingUpdates });
  const buy = async (seat: number, reachesServer: boolean) => {
    await selectSeats(page, seat);
    const isHoldLost = loseAnswer(page, 'HoldSeats', reachesServer);
    await page.getByRole('button', { name: 'Hold 1 seat' }).click();
    await isHoldLost;
    await page.unroute('**/graphql');
    await page.reload();
    const isConfirmLost = loseAnswer(page, 'ConfirmBooking', reachesServer);
    await page.getByRole('button', { name: 'Confirm for €49' }).click();
    await isConfirmLost;
    await page.unroute('**/graphql');
    await page.reload();
    await page.getByRole('heading', { name: 'You have your seats' }).waitFor();
  };
  await buy(3, true);
  await page.reload();
  await page.getByRole('heading', { name: 'You have your seats' }).waitFor();
  await page.goto(url);
  await page.getByText('You have booked 1 seat here.').waitFor();
  await buy(7, false);
  const { reads } = web().http.context.database;
  const bookings = await reads.booking.findMany({ where: { eventId: hall.eventId } });
  expect(bookings.map(({ status }) => status)).toEqual(['CONFIRMED', 'CONFIRMED']);
});

it('two tabs of a buyer show the same hold, and the list of bookings follows what happens elsewhere', async () => {
  const { hall, url } = await web().createEvent();
  const { database, publisher } = web().http.context;
  await database.reads.event.update({ where: { id: hall.eventId }, data: { buyersMayCancel: true } });
  const page = await web().open(url);
  await selectSeats(page, 3);
  const tab = await page.context().newPage();
  await tab.goto(url);
  await selectSeats(tab, 3);
  const list = await page.context().newPage();
  await page.bringToFront();
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  for (const each of [page, tab]) await each.getByRole('timer').waitFor();
  await tab.getByLabel('About your selection').waitFor({ state: 'detached' });
  await list.goto('/bookings');
  await list.getByRole('link', { name: /^Held/ }).waitFor();
  await page.getByRole('button', { name: 'Confirm for €49' }).click();
  await list.getByRole('link', { name: /^Confirmed/ }).waitFor();
  await tab.getByText('You have booked 1 seat here.').waitFor();
  await page.getByRole('button', { name: 'Cancel the booking' }).click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await list.getByRole('link', { name: /^Canceled/ }).waitFor();
  await page.goto(url);
  await selectSeats(page, 7);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await list.getByRole('link', { name: /^Held/ }).waitFor();
  const hold = await database.reads.booking.findFirstOrThrow({
    where: { eventId: hall.eventId, status: 'HOLD' },
  });
  await makeHoldOverdue(database.reads, hold.id);
  await expireHolds({ ...unannounced, db: database.worker, defaultHoldTtlMs: 300_000, publisher });
  await expectShown(list.getByRole('link', { name: /^Expired/ }));
});

it('an event that the organizer pauses or cancels meanwhile says so without a click', async () => {
  const { hall, url } = await web().createEvent();
  const { reads } = web().http.context.database;
  const page = await web().open(url);
  const setStatus = async (status: EventStatus) => {
    await reads.event.update({ where: { id: hall.eventId }, data: { status } });
    // As when the buyer returns to the tab. A page that stays visible looks every half minute.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  };
  await selectSeats(page, 3);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('timer').waitFor();
  await setStatus('PAUSED');
  await page.getByRole('main').getByText('The sale is paused.').waitFor();
  await page.getByRole('timer').waitFor();
  await selectSeats(page, 5);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('alert').getByText('The sale is paused.').waitFor();
  await setStatus('CANCELED');
  await page.getByRole('main').getByText('held seats cannot be confirmed').waitFor();
  expect(await page.getByRole('timer').count()).toBe(0);
  expect(await findViolations(page)).toEqual([]);
});

it('news of an event that comes while the page looks is found by another look', async () => {
  const { hall, url } = await web().createEvent();
  const { reads } = web().http.context.database;
  const page = await web().open(url);
  await page.locator('.map-canvas[data-ready]').waitFor();
  const read = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (!(route.request().postData() ?? '').includes('query EventNews')) return route.fallback();
    const response = await route.fetch();
    read.resolve();
    await answered.promise;
    await route.fulfill({ response });
  });
  const look = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await look();
  await read.promise;
  await reads.event.update({ where: { id: hall.eventId }, data: { status: 'PAUSED' } });
  await look();
  answered.resolve();
  // The next regular look would come later.
  await expectShown(page.getByRole('main').getByText('The sale is paused.'));
});
