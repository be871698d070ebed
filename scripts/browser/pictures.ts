import { writeFileSync } from 'node:fs';
import { errors, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';

interface Picture {
  /** Name of the file in docs/. */
  readonly file: string;
  readonly options: BrowserContextOptions;
  readonly take: (page: Page, file: string) => Promise<void>;
}

const desktop = { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' } as const;
const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  reducedMotion: 'reduce',
} as const;

export const pictures: readonly Picture[] = [
  { file: 'graphiql.png', options: { viewport: { width: 1280, height: 760 } }, take: takeGraphiql },
  { file: 'shop.webp', options: desktop, take: takeMap },
  { file: 'shop-dark.webp', options: { ...desktop, colorScheme: 'dark' }, take: takeHold },
  { file: 'shop-phone.webp', options: phone, take: takeMap },
  { file: 'shop-list.webp', options: phone, take: takeList },
];

interface MapElement extends HTMLElement {
  readonly seatMap: { focusSeat(index: number): void };
}

/** Opens an event, selects two adjacent seats, and moves the map to them. */
async function openEvent(page: Page, name: RegExp): Promise<void> {
  await page.goto('/');
  await page.getByRole('link', { name }).click();
  const map = page.locator('.map-canvas[data-ready]');
  await map.waitFor();
  // The list comes after the map.
  await page.locator('.section, .row').first().waitFor();
  const section = page.locator('.section:enabled').first();
  if ((await section.count()) > 0) await section.click();
  const seats = page.locator('.row').nth(2).locator('.seat');
  await seats.first().waitFor();
  const free = await seats.evaluateAll((elements) =>
    elements.map((element) => Number((element as HTMLElement).dataset['seat'])),
  );
  const first = free.find((index) => free.includes(index + 1)) ?? 0;
  const indexes = [first, first + 1];
  for (const index of indexes) await page.locator(`[data-seat="${index}"]`).click();
  await map.evaluate((element, index) => (element as MapElement).seatMap.focusSeat(index), first);
  await page.evaluate(() => {
    scrollTo(0, 0);
    (document.activeElement as HTMLElement | null)?.blur();
  });
  await page.mouse.move(0, 0);
}

async function takeMap(page: Page, file: string): Promise<void> {
  await openEvent(page, /Cup Final/);
  await save(page, file);
}

async function takeHold(page: Page, file: string): Promise<void> {
  await openEvent(page, /Velvet Harbour/);
  await page.locator('.hold-button').click();
  await page.getByRole('timer').waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await save(page, file);
}

async function takeList(page: Page, file: string): Promise<void> {
  await openEvent(page, /Lamplighter/);
  await page.locator('.seat-list').evaluate((element) => element.scrollIntoView());
  await save(page, file);
}

const READ_ATTEMPTS = 10;

/**
 * Waits until the server has read the IDs of the examples, which it leaves out while the database is slow. GraphiQL would keep tabs
 * without them in the browser's storage, so this must come before the page is opened.
 */
async function awaitExampleIds(page: Page): Promise<void> {
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    const response = await page.request.get('/graphql', { headers: { accept: 'text/html' } });
    if (!(await response.text()).includes('the ID of an event')) return;
  }
  throw new Error('GraphiQL has no IDs in its examples');
}

/** Runs the tabs of a purchase up to HoldSeats. */
async function takeGraphiql(page: Page, file: string): Promise<void> {
  await awaitExampleIds(page);
  await page.goto('/graphql');
  const result = page.locator('.result-window');
  // The buttons are there before the editors, and until then a click runs nothing.
  await result.locator('.monaco-editor').waitFor();
  const runs = { StartGuestSession: '"startGuestSession"', HoldSeats: '"holdSeats"' };
  for (const [name, field] of Object.entries(runs)) {
    await page.getByRole('tab', { name }).click();
    await page.locator('.graphiql-query-editor .view-lines').getByText(name).first().waitFor();
    await execute(page, result.getByText(field).first());
  }
  await result.getByText('"HOLD"').waitFor();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: file });
}

/** Longer than a response takes: the second run of a hold would be refused. */
const RESPONSE_WAIT_MS = 1_000;

/** Runs the operation of a tab. GraphiQL shows a tab before it knows the name of its operation, and refuses to run it until then. */
async function execute(page: Page, response: Locator): Promise<void> {
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    await page.getByRole('button', { name: /^Execute/ }).click();
    const isShown = await response.waitFor({ timeout: RESPONSE_WAIT_MS }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof errors.TimeoutError) return false;
        throw error;
      },
    );
    if (isShown) return;
  }
  throw new Error('GraphiQL does not run the operation');
}

const QUALITY = 80;

/** Saves what the window shows as WebP, which Playwright itself does not write. */
async function save(page: Page, file: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => new Promise(requestAnimationFrame)));
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  writeFileSync(file, Buffer.from(data, 'base64'));
}
