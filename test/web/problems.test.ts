import type { Page, Route } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ErrorCode } from '../../src/web/shop/api/operations.ts';
import { findViolations } from './axe.ts';
import { selectSeats, useWeb } from './web.fixture.ts';

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
