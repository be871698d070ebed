import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { encodeBookingNumber } from '../../src/platform/ids.ts';
import { findViolations } from './axe.ts';
import { expectShown, selectSeats, useWeb } from './web.fixture.ts';

const web = useWeb();

it('a buyer with a phone gets from the list of events to the confirmation in at most eight taps, and finds the booking', async () => {
  const page = await web().open('/', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    // As on a phone that uses the server of a computer in the same network, without HTTPS.
    before: (opened) => opened.addInitScript(() => Reflect.deleteProperty(Crypto.prototype, 'randomUUID')),
  });
  const tapsToBuy = [
    page.getByRole('link', { name: /Test Night/ }),
    page.locator('[data-seat="3"]'),
    page.locator('[data-seat="4"]'),
    page.getByRole('button', { name: 'Hold 2 seats' }),
    page.getByRole('button', { name: 'Confirm for €98' }),
  ];
  expect(tapsToBuy.length).toBeLessThanOrEqual(8);
  for (const target of tapsToBuy.slice(0, -1)) await target.tap();
  // Whatever is above it, the hold is in view without scrolling.
  const confirm = tapsToBuy.at(-1);
  await confirm?.waitFor();
  expect(
    await confirm?.evaluate((button) => {
      const { top, bottom } = button.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    }),
  ).toBe(true);
  await confirm?.tap();
  await page.getByRole('heading', { name: 'You have your seats', level: 1 }).waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/booking\/[\w-]+$/);
  const { id } = await web().http.context.database.reads.booking.findFirstOrThrow();
  const number = encodeBookingNumber(web().http.hall.eventId, id);
  await page.getByText(number).waitFor();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a file' }).tap();
  expect(readFileSync(await (await saving).path(), 'utf8')).toContain(`Booking number ${number}`);
  await page.getByRole('link', { name: 'My bookings' }).tap();
  await page.getByRole('link', { name: new RegExp(`Confirmed.*${number}.*Test Night`) }).waitFor();
});

it('on a phone, what is selected can be seen and changed in the middle of the list', async () => {
  const { url } = await web().createEvent({ rows: 30 });
  const page = await web().open(url, {
    viewport: { width: 320, height: 640 },
    hasTouch: true,
    isMobile: true,
  });
  await page.locator('[data-seat="3"]').tap();
  await page.locator('[data-seat="4"]').tap();
  await page.locator('.row').nth(8).scrollIntoViewIfNeeded();
  const line = page.locator('.seat-lines').getByText('row 1, seat 5');
  const toggle = page.getByRole('button', { name: 'Your selection: 2 seats', expanded: false });
  expect(await line.isVisible()).toBe(false);
  await toggle.tap();
  await line.waitFor();
  expect(await findViolations(page)).toEqual([]);
  const isInView = (button: Element) => {
    const { top, bottom } = button.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  };
  const remove = page.getByRole('button', { name: /^Remove .*row 1, seat 5/ });
  const hold = page.getByRole('button', { name: /^Hold 2 seats/ });
  expect(await Promise.all([remove.evaluate(isInView), hold.evaluate(isInView)])).toEqual([true, true]);
  await remove.tap();
  await page.getByRole('button', { name: 'Your selection: 1 seat', expanded: true }).tap();
  await page.locator('.seat-lines').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Hold 1 seat' }).tap();
  await expectShown(page.getByRole('timer'));
});

it.each([
  ['en-GB', 390],
  ['de-DE', 390],
  ['de-DE', 360],
])('the button that holds four seats has one line on a phone, in %s at %i px', async (locale, width) => {
  const page = await web().open(web().eventUrl, {
    viewport: { width, height: 844 },
    hasTouch: true,
    isMobile: true,
    locale,
  });
  await selectSeats(page, 35, 36, 37, 38);
  const heights = await page
    .locator('.selection-bar button:visible')
    .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().height));
  // Two lines need more than the least height of the button.
  expect(heights).toEqual([52, 52]);
  await page
    .locator('.selection-bar')
    .getByText(/€.?196|196.?€/)
    .first()
    .waitFor();
});

it('of two buyers who want one seat, one gets it, and the other loses it from the selection', async () => {
  const [one, other] = await Promise.all([web().open(web().eventUrl), web().open(web().eventUrl)]);
  await selectSeats(one, 10, 11);
  await selectSeats(other, 11, 12);
  await one.getByRole('button', { name: 'Hold 2 seats' }).click();
  await one.getByRole('region', { name: 'Held for you' }).waitFor();
  await other.getByText('was just taken by somebody else').first().waitFor();
  await other.getByRole('button', { name: 'Hold 1 seat' }).waitFor();
  await other
    .getByRole('button', { name: /^Take .* instead$/ })
    .first()
    .click();
  await other.getByRole('button', { name: 'Hold 2 seats' }).click();
  await expectShown(other.getByRole('region', { name: 'Held for you' }));
});

it('the selection and the hold survive a reload, and a released hold frees its seats, which another tab says', async () => {
  const page = await web().open(web().eventUrl);
  await selectSeats(page, 20, 21);
  await page.reload();
  await page.getByRole('button', { name: 'Hold 2 seats' }).click();
  await page.getByRole('timer').waitFor();
  await page.reload();
  await page.getByRole('timer').waitFor();
  const tab = await page.context().newPage();
  await tab.goto(web().eventUrl);
  await tab.getByRole('timer').waitFor();
  await page.getByRole('button', { name: 'Release the seats' }).click();
  await page.getByText('Your seats are released.').waitFor({ state: 'attached' });
  await tab.getByRole('main').getByText('Your seats were released in another tab').waitFor();
  expect(await page.getByText('in another tab').count()).toBe(0);
  await expectShown(page.locator('[data-seat="20"]:enabled'));
});

it('a lost connection is shown, and a hold whose answer was lost is resolved by the same key', async () => {
  const page = await web().open(web().eventUrl, { expected: /net::ERR_/ });
  await selectSeats(page, 30);
  let lost = 0;
  await page.route('**/graphql', async (route) => {
    if (lost > 0 || !(route.request().postData() ?? '').includes('mutation HoldSeats'))
      return route.continue();
    lost++;
    await route.fetch();
    await route.abort('connectionreset');
  });
  await page.getByRole('button', { name: 'Hold 1 seat' }).click();
  await page.getByRole('region', { name: 'Held for you' }).waitFor();
  expect(lost).toBe(1);
  const bookings = await web().http.context.database.reads.booking.count({
    where: { seats: { some: { seatIndex: 30 } } },
  });
  expect(bookings).toBe(1);
  await page.context().setOffline(true);
  await page.getByText('You are offline.').waitFor();
  await page.context().setOffline(false);
  await page.getByText('You are offline.').waitFor({ state: 'hidden' });
});

it('the whole purchase works with the keyboard, and the confirmation is printed without its buttons', async () => {
  // Printing lays out the page anew.
  const page = await web().open(web().eventUrl, { expected: /layout shifted/ });
  await page.locator('[data-seat="35"]').focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Hold 1 seat' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Confirm for €49' }).focus();
  await page.keyboard.press('Enter');
  const heading = page.getByRole('heading', { name: 'You have your seats' });
  await heading.waitFor();
  expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByText('Booking number').isVisible()).toBe(true);
  expect(await page.getByRole('button').count()).toBe(0);
});

it('a buyer who is slowed solves a challenge and holds the best seats within a price, and the focus is on the hold', async () => {
  const page = await web().open(web().eventUrl, { locale: 'de-DE' });
  const inputs: { idempotencyKey: string; challengeSolution: string | null }[] = [];
  await page.route('**/graphql', async (route) => {
    const body = route.request().postDataJSON() as {
      query?: string;
      variables: { input: (typeof inputs)[0] };
    };
    if (body.query?.includes('mutation HoldBestAvailable') !== true) return route.continue();
    inputs.push(body.variables.input);
    if (inputs.length > 1) return route.continue();
    const challenge = { __typename: 'Challenge', token: 'abc', difficultyBits: 4 };
    const error = {
      __typename: 'RateLimitedError',
      code: 'RATE_LIMITED',
      message: '',
      retryAfterSeconds: 20,
      challenge,
    };
    return route.fulfill({ json: { data: { outcome: error } } });
  });
  await page.getByRole('radio', { name: '2' }).check();
  await page.getByRole('button', { name: 'Die besten 2 Plätze reservieren' }).click();
  const hold = page.getByRole('region', { name: 'Für dich reserviert' });
  await hold
    .getByText(/^Block A, Reihe \d, Platz \d+$/)
    .first()
    .waitFor();
  expect(inputs.map(({ challengeSolution }) => challengeSolution)).toEqual([
    null,
    expect.stringMatching(/^abc\./),
  ]);
  expect(inputs[0]?.idempotencyKey).toBe(inputs[1]?.idempotencyKey);
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.textContent))
    .toBe('Für dich reserviert');
  await page.getByRole('button', { name: 'Plätze freigeben' }).click();
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.textContent), { timeout: 15_000 })
    .toBe('Deine Auswahl');
});
