import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { seed } from '../../prisma/seed.ts';
import { expectShown, useWeb } from './web.fixture.ts';

const web = useWeb();

interface MapElement extends HTMLElement {
  readonly seatMap: { screenOf(index: number): { readonly x: number; readonly y: number } };
}

/** Returns where the map shows a seat in the window. */
const locate = (page: Page, index: number) =>
  page.locator('.map-canvas').evaluate((element, seat) => {
    const { x, y } = (element as MapElement).seatMap.screenOf(seat);
    const { left, top } = element.getBoundingClientRect();
    return { x: left + x, y: top + y };
  }, index);

it('a buyer with a phone gets two adjacent seats of the stadium by its map in at most eight taps', async () => {
  await seed({ databaseUrl: web().http.context.config.databaseUrl });
  const page = await web().open('/', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'reduce',
  });
  let taps = 0;
  const tap = async (index: number) => {
    const { x, y } = await locate(page, index);
    await page.touchscreen.tap(x, y);
    taps++;
  };
  const press = async (role: 'link' | 'button', name: RegExp) => {
    await page.getByRole(role, { name }).tap();
    taps++;
  };
  // It is among the first events, so that the largest map is found without a search.
  await expectShown(page.locator('.event-card').nth(1).getByText('Cup Final'));
  await press('link', /Cup Final/);
  await page.locator('.map-canvas[data-ready]').waitFor();
  const seat = 40_010;
  // The first tap is on the section, which is then large enough for fingers.
  for (const index of [seat, seat, seat + 1]) await tap(index);
  await press('button', /^Hold 2 seats/);
  await press('button', /^Confirm for/);
  await page.getByRole('heading', { name: 'You have your seats' }).waitFor();
  const lines = await page.locator('.seat-lines bdi:first-child').allInnerTexts();
  const [first, second] = lines
    .filter((line) => line.includes('seat'))
    .map((line) => /^(.*) (\d+)$/.exec(line) ?? []);
  expect(first?.[1]).toBe(second?.[1]);
  expect(Math.abs(Number(first?.[2]) - Number(second?.[2]))).toBe(1);
  expect(taps).toBeLessThanOrEqual(8);
});
