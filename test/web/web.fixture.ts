import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { eventAddress } from '../../src/web/shop/api/addresses.ts';
import { startHttp, type HttpFixture } from '../api/http/http.fixture.ts';
import { startBrowser } from './browser.ts';

export interface WebFixture {
  readonly http: HttpFixture;
  readonly browser: Browser;
  /** Address of the event on sale. */
  readonly eventUrl: string;
  /** Opens a page in a new browser profile. Everything that it complains about is in `complaints`. */
  open(address: string, options?: BrowserContextOptions): Promise<Page>;
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Starts the API and a browser. */
export async function startWeb(environment: Record<string, string> = {}): Promise<WebFixture> {
  const settings = { AUTH_SECRET: randomUUID(), ...environment };
  const [http, browser] = await Promise.all([startHttp(settings), startBrowser()]);
  const complaints: string[] = [];
  return {
    http,
    browser,
    complaints,
    eventUrl: eventAddress(http.eventId),
    async open(address, options) {
      const context = await browser.newContext({ baseURL: http.url, locale: 'en-GB', ...options });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(http.url) && !request.url().startsWith('data:'))
          complaints.push(`a foreign request: ${request.url()}`);
      });
      await page.goto(address);
      return page;
    },
    async close() {
      await browser.close();
      await http.close();
    },
  };
}

/** Selects seats of the list by their index. */
export async function selectSeats(page: Page, ...indexes: readonly number[]): Promise<void> {
  for (const index of indexes) await page.locator(`[data-seat="${index}"]`).click();
}
