import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectShown, selectSeats, useWeb } from './web.fixture.ts';

const web = useWeb();

interface Point {
  readonly x: number;
  readonly y: number;
}

/** As long as locators wait. */
const patience = { timeout: 15_000 };

interface MapElement extends HTMLElement {
  readonly seatMap: { screenOf(index: number): Point; focusSeat(index: number): void };
}

async function openMap(page: Page): Promise<void> {
  await page.locator('.map-canvas[data-ready]').scrollIntoViewIfNeeded();
}

/** Moves the view to a seat, and returns where the seat is in the window. */
const show = (page: Page, index: number): Promise<Point> =>
  page.locator('.map-canvas').evaluate((element, seat) => {
    const { seatMap } = element as MapElement;
    seatMap.focusSeat(seat);
    const { x, y } = seatMap.screenOf(seat);
    const { left, top } = element.getBoundingClientRect();
    return { x: left + x, y: top + y };
  }, index);

/** Returns the color a little above the center of a seat, beside its number. */
const readColor = (page: Page, index: number): Promise<string> =>
  page.locator('.map-canvas').evaluate((element, seat) => {
    const { x, y } = (element as MapElement).seatMap.screenOf(seat);
    const canvas = element.querySelector('canvas');
    const pixel = canvas?.getContext('2d')?.getImageData(x, y - 12, 1, 1).data;
    return [...(pixel ?? [])].join(' ');
  }, index);

const expectCount = (page: Page, name: string, count: number) =>
  expectShown(page.locator(`.map-canvas[data-${name}="${count}"]`));

it('a click on a seat of the map selects it in the list too, and a second one removes it', async () => {
  const page = await web().open(web().eventUrl);
  await openMap(page);
  const { x, y } = await show(page, 5);
  await page.mouse.click(x, y);
  await expectCount(page, 'selected', 1);
  await page.locator('[data-seat="5"][aria-pressed="true"]').waitFor();
  await selectSeats(page, 6);
  await expectCount(page, 'selected', 2);
  await openMap(page);
  const again = await show(page, 5);
  await page.mouse.click(again.x, again.y);
  await expectShown(page.locator('.map-canvas[data-selected="1"]'));
});

it("another buyer's hold changes the color of the seat and the counts", async () => {
  const [page, other] = await Promise.all([web().open(web().eventUrl), web().open(web().eventUrl)]);
  await openMap(page);
  await show(page, 12);
  await expectCount(page, 'held', 0);
  const before = await readColor(page, 12);
  await selectSeats(other, 12, 13);
  await other.getByRole('button', { name: 'Hold 2 seats' }).click();
  await expectCount(page, 'held', 2);
  await expect.poll(() => readColor(page, 12), patience).not.toBe(before);
});

it('the keyboard moves over the map, announces seats, selects and zooms', async () => {
  const page = await web().open(web().eventUrl, { reducedMotion: 'reduce' });
  await openMap(page);
  await show(page, 20);
  await page.locator('.map-canvas').focus();
  await page.keyboard.press('ArrowRight');
  await page.getByTestId('announcer').getByText(', free').waitFor({ state: 'attached' });
  await page.keyboard.press('Enter');
  await expectCount(page, 'selected', 1);
  await page.locator('.seat[aria-pressed="true"]').waitFor();
  const far = () =>
    page.locator('.map-canvas').evaluate((element) => {
      const { seatMap } = element as MapElement;
      return Math.abs(seatMap.screenOf(0).x - seatMap.screenOf(1).x);
    });
  const before = await far();
  await page.keyboard.press('+');
  expect(await far()).toBeGreaterThan(before);
  await page.keyboard.press('0');
  expect(await far()).toBeCloseTo(before);
  await page.keyboard.press('Escape');
  expect(await page.locator('.map-canvas:focus').count()).toBe(0);
});

it('two fingers zoom, and a tap selects', async () => {
  const page = await web().open(web().eventUrl, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await openMap(page);
  await page.getByRole('button', { name: 'Show the whole hall' }).tap();
  const spread = () =>
    page.locator('.map-canvas').evaluate((element) => {
      const { seatMap } = element as MapElement;
      return Math.abs(seatMap.screenOf(0).x - seatMap.screenOf(1).x);
    });
  const before = await spread();
  const box = await page.locator('.map-canvas').boundingBox();
  const middle = { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + 60 };
  const devtools = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number) =>
    devtools.send('Input.dispatchTouchEvent', {
      type,
      touchPoints:
        apart === 0 ? [] : [-1, 1].map((side, id) => ({ x: middle.x + side * apart, y: middle.y, id })),
    });
  await touch('touchStart', 25);
  for (const apart of [35, 45, 55]) await touch('touchMove', apart);
  await touch('touchEnd', 0);
  await expect.poll(spread, patience).toBeGreaterThan(before);
  const { x, y } = await show(page, 30);
  await page.touchscreen.tap(x, y);
  await expectCount(page, 'selected', 1);
});

it('the map is seen whole without scrolling, on a phone and on a desktop', async () => {
  for (const viewport of [
    { width: 390, height: 844 },
    { width: 1440, height: 900 },
  ]) {
    const page = await web().open(web().eventUrl, { viewport });
    await page.locator('.map-canvas[data-ready]').waitFor();
    const box = await page.locator('.map-canvas').boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
    expect(box?.height).toBeGreaterThan(viewport.height * 0.45);
    await page.context().close();
  }
});

it('the mouse gets a description of a seat, and a finger one at the lower edge', async () => {
  const page = await web().open(web().eventUrl);
  await openMap(page);
  const { x, y } = await show(page, 5);
  await page.mouse.move(x, y);
  await page.locator('.seat-tip[data-by="mouse"]').getByText('€49').waitFor();
  await page.mouse.move(x, y - 5_000);
  await page.locator('.seat-tip').waitFor({ state: 'detached' });
  const phone = await web().open(web().eventUrl, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await openMap(phone);
  const seat = await show(phone, 5);
  await phone.touchscreen.tap(seat.x, seat.y);
  await expectShown(phone.locator('.seat-tip[data-by="touch"]').getByText('€49'));
});

it('the seat limit and the rule against single seats are explained before the server refuses', async () => {
  const { reads } = web().http.context.database;
  await reads.event.updateMany({ data: { orphanRule: 'FORBID' } });
  const page = await web().open(web().eventUrl);
  await openMap(page);
  const click = async (index: number) => {
    const { x, y } = await show(page, index);
    await page.mouse.click(x, y);
  };
  await click(20);
  await click(22);
  const advice = page.getByRole('group', { name: 'About your selection' });
  await advice.getByText('would remain free alone').waitFor();
  await advice.getByRole('button', { name: /^Add / }).click();
  await expectCount(page, 'selected', 3);
  await advice.waitFor({ state: 'detached' });
  for (const index of [23, 24, 25, 26]) await click(index);
  await advice.getByText('at most 6 seats').waitFor();
  await expectCount(page, 'selected', 6);
  await advice.getByRole('button', { name: 'Close the message' }).click();
  await advice.waitFor({ state: 'detached' });
  expect(await page.locator('.seat[aria-pressed="true"]').count()).toBe(6);
});
