import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest';
import { eventAddress } from '../../src/web/shop/api/addresses.ts';
import { encodeEventId } from '../../src/platform/ids.ts';
import type { ContextOverrides } from '../../src/main/context.ts';
import { createHall, type Hall, type HallOptions } from '../support/hall.ts';
import { startHttp, type HttpFixture } from '../api/http/http.fixture.ts';
import { startBrowser } from '../../scripts/browser/chromium.ts';

interface OpenOptions extends BrowserContextOptions {
  /** Console errors that the test itself causes, such as those of a lost connection. */
  readonly expected?: RegExp;
  /** Prepares the page before it is loaded. */
  readonly before?: (page: Page) => Promise<unknown>;
}

export interface WebFixture {
  readonly http: HttpFixture;
  /** Address of the event on sale. */
  readonly eventUrl: string;
  /** Creates another event in a hall of its own. */
  createEvent(
    options?: HallOptions,
  ): Promise<{ readonly hall: Hall; readonly id: string; readonly url: string }>;
  /**
   * Opens a page in a new browser profile. When the test has finished, it fails if this page or another one of the profile
   * reported an error, asked another host for something, or moved what was already shown.
   */
  open(address: string, options?: OpenOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Starts the API and a browser for the calling test file. */
export function useWeb(
  environment: Record<string, string> = {},
  overrides: ContextOverrides = {},
): () => WebFixture {
  let web: WebFixture | undefined;
  beforeAll(async () => {
    web = await startWeb(environment, overrides);
  });
  afterAll(() => web?.close());
  return () => {
    if (web === undefined) throw new Error('the server has not started');
    return web;
  };
}

async function startWeb(
  environment: Record<string, string>,
  overrides: ContextOverrides,
): Promise<WebFixture> {
  const settings = { AUTH_SECRET: randomUUID(), ...environment };
  const [http, browser] = await Promise.all([
    startHttp(settings, overrides),
    startBrowser(inject('scratchFolder')),
  ]);
  return {
    http,
    eventUrl: eventAddress(http.eventId),
    async createEvent(options) {
      const hall = await createHall(http.context.database.reads, options);
      const id = encodeEventId(hall.eventId);
      return { hall, id, url: eventAddress(id) };
    },
    open: (address, options = {}) => openPage(browser, http.url, address, options),
    async close() {
      await browser.close();
      await http.close();
    },
  };
}

async function openPage(
  browser: Browser,
  baseURL: string,
  address: string,
  { expected, before, ...options }: OpenOptions,
): Promise<Page> {
  const context = await browser.newContext({ baseURL, locale: 'en-GB', ...options });
  context.setDefaultTimeout(15_000);
  const complaints = await collectComplaints(context, baseURL);
  const page = await context.newPage();
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await describePages(context, task.name);
    // Shifts of the last frame arrive before this answer.
    await Promise.all(context.pages().map((each) => each.evaluate(() => 0).catch(() => 0)));
    await context.close();
    expect(complaints.filter((text) => expected?.test(text) !== true)).toEqual([]);
  });
  await before?.(page);
  await page.goto(address);
  return page;
}

/** Prints what the pages of a failed test show. */
async function describePages(context: BrowserContext, name: string): Promise<void> {
  for (const page of context.pages()) {
    const shown = await page.locator('body').ariaSnapshot({ timeout: 2_000 }).catch(String);
    process.stderr.write(`\n${name}: ${page.url()}\n${shown}\n`);
  }
}

/** Sum of the layout shifts that one document may have, as browsers count them: without those that follow an input. */
const LAYOUT_SHIFT_MAX = 0.05;

async function collectComplaints(context: BrowserContext, baseURL: string): Promise<string[]> {
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(baseURL))
      complaints.push(`a foreign request: ${request.url()}`);
  });
  await context.exposeBinding('reportShift', (_source, sum: number, moved: string) => {
    if (sum > LAYOUT_SHIFT_MAX) complaints.push(`the layout shifted by ${sum.toFixed(3)}: ${moved}`);
  });
  await context.addInitScript(watchShifts);
  return complaints;
}

interface Shift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly {
    readonly node: Node | null;
    readonly previousRect: DOMRect;
    readonly currentRect: DOMRect;
  }[];
}

/** Runs in the page. */
function watchShifts(): void {
  const { reportShift } = globalThis as unknown as {
    reportShift: (sum: number, moved: string) => Promise<void>;
  };
  const describe = ({ node, previousRect, currentRect }: Shift['sources'][number]) =>
    `${node instanceof Element ? `${node.tagName}.${node.className}` : node?.nodeName} from ${previousRect.y} to ${currentRect.y}`;
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as Shift[]) {
      if (entry.hadRecentInput) continue;
      sum += entry.value;
      void reportShift(sum, entry.sources.map(describe).join(', '));
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Waits until an element is visible, as locators wait. Fails after the timeout of the page. */
export const expectShown = (locator: Locator): Promise<void> => locator.waitFor();

/** Selects seats of the list by their index. */
export async function selectSeats(page: Page, ...indexes: readonly number[]): Promise<void> {
  for (const index of indexes) await page.locator(`[data-seat="${index}"]`).click();
}

/** Keeps the live state of the booking from the page, so that it cannot be what tells the page. */
export const withoutBookingUpdates = (page: Page): Promise<void> =>
  page.routeWebSocket('**/graphql', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      if (!message.toString().includes('bookingUpdates')) server.send(message);
    });
  });

/** Buys a free seat of an event, from the list of events to the list of bookings, and calls `look` at each state of the page. */
export async function walkPurchase(page: Page, eventUrl: string, look: () => Promise<void>): Promise<void> {
  await page.locator('.events').waitFor();
  await look();
  await page.goto(eventUrl);
  await page.locator('.seat:enabled').first().click();
  await look();
  await page.locator('.hold-button').click();
  await page.locator('.hold .primary').waitFor();
  await look();
  await page.locator('.hold .primary').click();
  await page.locator('.verdict.confirmed').waitFor();
  await look();
  await page.goto('/bookings');
  await page.locator('.booking-card').waitFor();
  await look();
}
