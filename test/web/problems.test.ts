import { decodeJwt } from 'jose';
import type { Page, Route } from 'playwright-core';
import { expect, it } from 'vitest';
import { expireHolds } from '../../src/booking/expiry/hold-sweeper.ts';
import { encodeBookingNumber } from '../../src/platform/ids.ts';
import { insertRevocations } from '../../src/identity/revocations.sql.ts';
import type { ErrorCode } from '../../src/web/shop/api/operations/fragments.ts';
import { makeHoldOverdue, unannounced } from '../support/booking.ts';
import { findViolations } from './axe.ts';
import { expectShown, selectSeats, useWeb, withoutBookingUpdates } from './web.fixture.ts';

const web = useWeb();

/** A message of the API, which is for developers: buyers must not see it. */
const message = 'A message for developers.';

interface Refusal {
  readonly code: ErrorCode;
  readonly [field: string]: unknown;
}

/** Answers one mutation with a refusal. Everything else goes to the server. */
async function refuse(page: Page, operation: string, refusal: () => Refusal): Promise<void> {
  await page.route('**/graphql', async (route: Route) => {
    const body = route.request().postData() ?? '';
    if (!body.includes(`mutation ${operation}`)) return route.fallback();
    const outcome = { __typename: 'Refused', message, ...refusal() };
    await route.fulfill({ json: { data: { outcome } } });
  });
}

const seat = (index: number) => ({
  id: `seat ${index}`,
  index,
  label: `Seat ${index}`,
  section: 'Block A',
  row: '1',
  number: String(index),
  priceTier: { name: 'Standard', price: { amount: 4_900, currency: 'EUR' } },
});
const soon = { retryAfterSeconds: 0 };
const onSaleAt = '2030-05-01T18:00:00Z';
const notOnSale = { onSaleAt, saleEndsAt: onSaleAt };

/** What the API can answer to `holdSeats`, and a part of what the buyer reads then. */
const refusalsOfHold: readonly (readonly [Refusal, RegExp])[] = [
  [{ code: 'SEATS_UNAVAILABLE', unavailableSeats: [seat(1)] }, /A seat was taken before you.*Seat 1/s],
  [{ code: 'SEATS_UNAVAILABLE', unavailableSeats: [] }, /Not enough free seats/],
  [{ code: 'SEAT_LIMIT_EXCEEDED', limit: 3 }, /at most 3 seats/],
  [
    { code: 'ORPHAN_SEATS', alternatives: [[seat(5), seat(6)]] },
    /single seat would remain free.*Seat 5; Seat 6/s,
  ],
  [{ code: 'EVENT_NOT_ON_SALE', eventStatus: 'ON_SALE', ...notOnSale }, /On sale from.*2030/],
  [{ code: 'EVENT_NOT_ON_SALE', eventStatus: 'PAUSED', ...notOnSale }, /The sale is paused/],
  [{ code: 'EVENT_NOT_ON_SALE', eventStatus: 'ENDED', ...notOnSale }, /The sale is over/],
  [{ code: 'EVENT_NOT_ON_SALE', eventStatus: 'CANCELED', ...notOnSale }, /The event is canceled/],
  [{ code: 'BUSY', ...soon, outcomeUnknown: false }, /server is very busy/],
  [{ code: 'RATE_LIMITED', retryAfterSeconds: 7 }, /Too many attempts.*7 seconds/s],
  [{ code: 'READ_ONLY', retryAfterSeconds: 9 }, /Sales are interrupted.*9 seconds/s],
  [{ code: 'CHALLENGE_REQUIRED', challenge: null }, /keeps programs out/],
  [{ code: 'ADMISSION_REQUIRED' }, /Your turn has passed/],
  [{ code: 'NOT_FOUND' }, /not available any more/],
  [{ code: 'IDEMPOTENCY_CONFLICT' }, /sent before/],
  [{ code: 'INVALID_INPUT' }, /event has changed/],
];

it('each refusal of a hold has its own words and a next step', async () => {
  const { url } = await web().createEvent();
  const page = await web().open(url);
  let current: Refusal = { code: 'BUSY' };
  await refuse(page, 'HoldSeats', () => current);
  const alert = page.getByRole('alert');
  const texts = new Set<string>();
  for (const [refusal, words] of refusalsOfHold) {
    current = refusal;
    if ((await page.locator('.seat[aria-pressed="true"]').count()) === 0) await selectSeats(page, 1);
    await page.getByRole('button', { name: /^Hold 1 seat/ }).click();
    await alert.waitFor();
    const text = (await alert.textContent()) ?? '';
    expect(text).toMatch(words);
    expect(text).not.toContain(message);
    // Whoever uses a screen reader or the keyboard is where the message is.
    expect(await alert.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    if (refusal.code === 'READ_ONLY') expect(await findViolations(page)).toEqual([]);
    texts.add(text);
    await alert.getByRole('button', { name: 'OK' }).click();
    await alert.waitFor({ state: 'detached' });
  }
  expect(texts.size).toBe(refusalsOfHold.length);
});

it('refusals of what can be done with a hold or a booking have their own words, and cancellation asks first', async () => {
  const { hall, url } = await web().createEvent({ seatLimit: 4 });
  const { reads } = web().http.context.database;
  await reads.event.update({
    where: { id: hall.eventId },
    data: { holdExtensionMs: 60_000, buyersMayCancel: true },
  });
  const page = await web().open(url);
  await selectSeats(page, 1, 2);
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  const hold = page.getByRole('region', { name: 'Held for you' });
  const refusals: readonly (readonly [string, string, Refusal, RegExp])[] = [
    ['ExtendHold', '1 minute more', { code: 'EXTENSION_REFUSED' }, /No more time is possible/],
    ['ReleaseBooking', 'Release', { code: 'BOOKING_STATE', bookingStatus: 'CONFIRMED' }, /confirmed already/],
    ['ConfirmBooking', 'Confirm for €98', { code: 'HOLD_EXPIRED' }, /hold has expired/],
  ];
  for (const [operation, button, refusal, words] of refusals) {
    await refuse(page, operation, () => refusal);
    await hold.getByRole('button', { name: button }).click();
    await hold.getByRole('alert').getByText(words).first().waitFor();
    await page.unroute('**/graphql');
  }
  await hold.getByRole('button', { name: 'Confirm for €98' }).click();
  await page.getByRole('heading', { name: 'You have your seats' }).waitFor();
  const cancel = async () => {
    await page.getByRole('button', { name: 'Cancel the booking' }).click();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  };
  await refuse(page, 'CancelBooking', () => ({ code: 'CANCELLATION_REFUSED', cancelableUntil: onSaleAt }));
  await cancel();
  await page.getByRole('alert').getByText('It was possible until').waitFor();
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await page.getByRole('heading', { name: 'Booking canceled' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
});

/** Revokes the session of a page, as an operator does. The API notices within a second. */
async function revokeSession(page: Page): Promise<void> {
  const stored = await page.evaluate(() => localStorage.getItem('sellout.guest'));
  const { token } = JSON.parse(stored ?? '{}') as { token: string };
  const { sub } = decodeJwt(token);
  await insertRevocations(web().http.context.database.worker, { userIds: [sub ?? ''], tokenIds: [] }, 100);
}

const refused = { expected: /status of 401/ };

it('a session that is revoked while seats are held says so, and a new one holds them when they are free', async () => {
  const { hall, url } = await web().createEvent();
  const page = await web().open(url, refused);
  await selectSeats(page, 5, 6);
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  await page.getByRole('timer').waitFor();
  await revokeSession(page);
  // Without a click: the subscription of the booking ends.
  const alert = page.getByRole('alert');
  await alert.getByText('Your session has ended').waitFor();
  expect(await alert.textContent()).toMatch(/Block A, row 1, seat 6; .*free again at \d\d:\d\d/);
  expect(await alert.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  expect(await page.getByRole('timer').count()).toBe(0);
  expect(await findViolations(page)).toEqual([]);
  const again = alert.getByRole('button', { name: 'Select these seats again' });
  expect(await again.isDisabled()).toBe(true);
  const { database, publisher } = web().http.context;
  const hold = await database.reads.booking.findFirstOrThrow({ where: { eventId: hall.eventId } });
  await makeHoldOverdue(database.reads, hold.id);
  await expireHolds({ ...unannounced, db: database.worker, defaultHoldTtlMs: 300_000, publisher });
  await again.click();
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  await page.getByRole('button', { name: 'Confirm for €98' }).click();
  await page.getByRole('heading', { name: 'You have your seats' }).waitFor();
});

it('a refused token does not keep public pages from loading, and the pages of bookings say that the session has ended', async () => {
  const { url } = await web().createEvent();
  const page = await web().open(url, refused);
  await selectSeats(page, 5);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('button', { name: 'Confirm for €49' }).click();
  await page.getByRole('heading', { name: 'You have your seats' }).waitFor();
  const address = page.url();
  // As after a change of the server's secret. A phone whose clock is wrong by years has the same session.
  await page.evaluate(() => {
    const guest = JSON.parse(localStorage.getItem('sellout.guest') ?? '{}') as { token: string };
    localStorage.setItem(
      'sellout.guest',
      JSON.stringify({ ...guest, token: `${guest.token.slice(0, -8)}AAAAAAAA` }),
    );
  });
  await page.goto('/');
  await page
    .getByRole('link', { name: /Test Night/ })
    .first()
    .waitFor();
  for (const [at, words] of [
    [address, /session that made this booking/],
    ['/bookings', /its bookings cannot be shown/],
  ] as const) {
    await page.goto(at);
    await page.getByText(words).waitFor();
    expect(await findViolations(page)).toEqual([]);
  }
  await page.goto(url);
  await selectSeats(page, 7);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('timer').waitFor();
});

it('a hold whose token was refused is explained, and the next attempt starts a session', async () => {
  const { url } = await web().createEvent();
  const page = await web().open(url, refused);
  await selectSeats(page, 1);
  await page.evaluate(() => {
    const guest = { token: 'broken', expiresAt: '2999-01-01T00:00:00Z' };
    localStorage.setItem('sellout.guest', JSON.stringify(guest));
  });
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('alert').getByText('Your session has ended').waitFor();
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await expectShown(page.getByRole('timer'));
});

it('a session that ends before the answer came is not said to have held or booked nothing', async () => {
  const { hall, url } = await web().createEvent();
  const page = await web().open(url, {
    expected: /status of 401|net::ERR_/,
    before: withoutBookingUpdates,
  });
  const loseAnswerAndSession = (operation: string) => {
    let isLost = false;
    return page.route('**/graphql', async (route) => {
      const isMeant = (route.request().postData() ?? '').includes(`mutation ${operation}`);
      if (isLost || !isMeant) return route.fallback();
      isLost = true;
      await route.fetch();
      await page.evaluate(() => {
        const guest = { token: 'broken', expiresAt: '2999-01-01T00:00:00Z' };
        localStorage.setItem('sellout.guest', JSON.stringify(guest));
      });
      await route.abort('connectionreset');
    });
  };
  const alert = page.getByRole('alert').filter({ hasText: 'Your session has ended' });
  await selectSeats(page, 1);
  await loseAnswerAndSession('HoldSeats');
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await alert.getByText('cannot find out whether your seats were held').waitFor();
  expect(await page.getByText('was just taken').count()).toBe(0);
  await alert.getByRole('button', { name: 'OK' }).click();
  await selectSeats(page, 5);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('timer').waitFor();
  await loseAnswerAndSession('ConfirmBooking');
  await page.getByRole('button', { name: 'Confirm for €49' }).click();
  const { id } = await web().http.context.database.reads.booking.findFirstOrThrow({
    where: { eventId: hall.eventId, seats: { some: { seatIndex: 5 } } },
  });
  const number = encodeBookingNumber(hall.eventId, id);
  await expectShown(alert.getByText(`Then the booking ${number} is valid`));
});

it('the clock of a phone that is wrong by years does not end a session', async () => {
  const { url } = await web().createEvent();
  const page = await web().open(url, {
    before: (opened) => opened.clock.install({ time: '2099-01-01T00:00:00Z' }),
  });
  await selectSeats(page, 1);
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('timer').waitFor();
  await page.reload();
  expect(await page.getByRole('timer').textContent()).toMatch(/^[45]:\d\d$/);
  await page.getByRole('button', { name: 'Confirm for €49' }).click();
  await page.getByRole('heading', { name: 'You have your seats' }).waitFor();
});
