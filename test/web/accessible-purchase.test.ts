import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useWeb } from './web.fixture.ts';

const web = useWeb();

/** Waits until the only polite live region of the page says something. */
const announced = (page: Page, text: string | RegExp) =>
  page.getByTestId('announcer').and(page.getByRole('status')).getByText(text).waitFor({ state: 'attached' });

/** Waits for an element with a role and a name, as a screen reader tells them, and presses Tab until it has the focus. */
async function tabTo(page: Page, role: 'button' | 'link', name: string | RegExp): Promise<void> {
  await page.getByRole(role, { name }).first().waitFor();
  const wanted = page.getByRole(role, { name }).and(page.locator(':focus'));
  const tabsMax = 80;
  for (let presses = 0; presses < tabsMax; presses++) {
    await page.keyboard.press('Tab');
    if ((await wanted.count()) === 1) return;
  }
  throw new Error(`${tabsMax} presses of Tab did not reach the ${role} ${String(name)}`);
}

const hasFocus = (page: Page, role: 'heading', name: string) =>
  page.getByRole(role, { name }).and(page.locator(':focus')).waitFor();

it('somebody who uses only the accessibility tree and the keyboard buys two seats', async () => {
  const { url } = await web().createEvent({ name: 'Evening of Voices' });
  const page = await web().open('/');
  await page.getByRole('heading', { level: 1, name: 'Find an event' }).waitFor();
  await tabTo(page, 'link', /Evening of Voices/);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${url}`);
  await hasFocus(page, 'heading', 'Evening of Voices');

  // The list is the way of screen readers.
  await tabTo(page, 'link', 'Seat list');
  await page.keyboard.press('Enter');
  const list = page.getByRole('region', { name: 'Choose seats from a list' });
  await list.getByRole('heading', { level: 2, name: 'Block A' }).waitFor();
  await list.getByRole('group', { name: 'Row 1' }).waitFor();
  await tabTo(page, 'button', /^.*Row 1.*Seat 1, Standard, €49, free$/i);
  expect(await page.locator(':focus').getAttribute('aria-pressed')).toBe('false');
  await page.keyboard.press('Space');
  await announced(page, / selected\. 1 seat selected\.$/);
  expect(await page.locator(':focus').getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await announced(page, / selected\. 2 seats selected\.$/);

  await tabTo(page, 'button', /^Hold 2 seats/);
  await page.keyboard.press('Enter');
  await announced(page, '2 seats are held for you.');
  await hasFocus(page, 'heading', 'Held for you');
  const hold = page.getByRole('region', { name: 'Held for you' });
  await hold.getByRole('timer', { name: 'Time left to confirm' }).waitFor();
  expect(await hold.getByRole('listitem').count()).toBe(2);
  await tabTo(page, 'button', 'Confirm for €98');
  await page.keyboard.press('Enter');
  await hasFocus(page, 'heading', 'You have your seats');
  const booking = page.getByRole('region', { name: 'Booking' });
  expect(await booking.getByRole('listitem').count()).toBe(2);
  expect(await page.title()).toBe('You have your seats – Sellout');
});
