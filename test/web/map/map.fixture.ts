import type { Page } from 'playwright-core';
import { expectShown } from '../web.fixture.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** As long as locators wait. */
export const patience = { timeout: 15_000 };

export interface MapElement extends HTMLElement {
  readonly seatMap: { screenOf(index: number): Point; focusSeat(index: number): void };
}

export async function openMap(page: Page): Promise<void> {
  await page.locator('.map-canvas[data-ready]').scrollIntoViewIfNeeded();
}

/** Moves the view to a seat, and returns where the seat is in the window. */
export const show = (page: Page, index: number): Promise<Point> =>
  page.locator('.map-canvas').evaluate((element, seat) => {
    const { seatMap } = element as MapElement;
    seatMap.focusSeat(seat);
    const { x, y } = seatMap.screenOf(seat);
    const { left, top } = element.getBoundingClientRect();
    return { x: left + x, y: top + y };
  }, index);

export const expectCount = (page: Page, name: string, count: number) =>
  expectShown(page.locator(`.map-canvas[data-${name}="${count}"]`));
