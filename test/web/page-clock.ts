import type { Page } from 'playwright-core';

/**
 * Lets a test advance the clocks of a page: the browser's, and that of the server as the page sees it in the Date headers of
 * answers. Call it before the page is loaded. Time passes as usual in between.
 */
export async function controlClock(page: Page): Promise<(ms: number) => Promise<void>> {
  let aheadMs = 0;
  await page.clock.install();
  await page.route('**/graphql', async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    const date = new Date(Date.parse(headers['date'] ?? '') + aheadMs).toUTCString();
    await route.fulfill({ response, headers: { ...headers, date } });
  });
  return async (ms) => {
    aheadMs += ms;
    await page.clock.fastForward(ms);
  };
}
