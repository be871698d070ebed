import { expect, it } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { findViolations } from '../axe.ts';
import { expectCount, openMap, patience, show, type MapElement } from './map.fixture.ts';
import { expectShown, selectSeats, useWeb } from '../web.fixture.ts';

const web = useWeb();

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

it('a tap beside a section of a large hall shows its seats', async () => {
  const { url } = await web().createEvent({ rows: 40, seatsPerRow: 200 });
  const page = await web().open(url, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'reduce',
  });
  await openMap(page);
  const map = page.locator('.map-canvas');
  const lastRow = 7_900;
  const locate = () =>
    map.evaluate((element, index) => {
      const { x, y } = (element as MapElement).seatMap.screenOf(index);
      const { left, top, width, height } = element.getBoundingClientRect();
      return { x: left + x, y: top + y, isInView: x > 0 && x < width && y > 0 && y < height };
    }, lastRow);
  const before = await locate();
  await page.touchscreen.tap(before.x, before.y + 18);
  // Seats are large enough for fingers then.
  await expect.poll(async () => (await locate()).y !== before.y, patience).toBe(true);
  expect((await locate()).isInView).toBe(true);
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

it('the free seats of price categories are those that the filter asks for, and excluded categories are dimmed', async () => {
  const tiers = [
    { name: 'Front', amount: 4_900 },
    { name: 'Back', amount: 2_900 },
  ];
  const { hall, url } = await web().createEvent({ tiers });
  // The second row has three single seats.
  const { worker } = web().http.context.database;
  await worker.$executeRaw(sql`UPDATE event_seats SET status = 'BLOCKED'
    WHERE event_id = ${hall.eventId} AND seat_index BETWEEN 10 AND 19 AND seat_index NOT IN (10, 12, 14)`);
  await worker.$executeRaw(sql`UPDATE events SET seats_blocked = 7 WHERE id = ${hall.eventId}`);
  const page = await web().open(url);
  const chips = page.locator('.tier');
  const expectChips = (...texts: readonly string[]) =>
    expect.poll(() => chips.allInnerTexts(), patience).toEqual(texts);
  await expectChips('Front\n€49\n20 free', 'Back\n€29\n13 free');
  await page.getByRole('radio', { name: '2' }).check();
  await expectChips('Front\n€49\n20 free', 'Back\n€29\n10 free');
  await page.getByRole('combobox').selectOption({ label: 'Up to €29' });
  await expectChips('Front\n€49\n0 free', 'Back\n€29\n10 free');
  expect(await page.locator('.tier.excluded').allInnerTexts()).toEqual(['Front\n€49\n0 free']);
  expect(await findViolations(page)).toEqual([]);
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

it('an event without free seats says that it is sold out, and offers no best ones', async () => {
  const { hall, url } = await web().createEvent();
  const { worker } = web().http.context.database;
  await worker.$executeRaw(sql`UPDATE event_seats SET status = 'BLOCKED' WHERE event_id = ${hall.eventId}`);
  await worker.$executeRaw(sql`UPDATE events SET seats_blocked = seats_total WHERE id = ${hall.eventId}`);
  const page = await web().open(url);
  await page.locator('.live-state').getByText('Sold out').waitFor();
  expect(await page.getByRole('button', { name: 'Hold the best seat' }).isDisabled()).toBe(true);
  expect(await findViolations(page)).toEqual([]);
});
