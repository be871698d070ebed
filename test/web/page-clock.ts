import type { Page, Route } from 'playwright-core';

/**
 * Lets a test advance the clocks of a page: the browser's, and that of the server as the page sees it in the Date headers of
 * answers. Call it before the page is loaded. Time passes as usual in between.
 */
export async function controlClock(page: Page): Promise<(ms: number) => Promise<void>> {
  let aheadMs = 0;
  let advancing = Promise.resolve();
  const answering = new Set<Promise<void>>();
  const answer = async (route: Route) => {
    const response = await route.fetch();
    const headers = response.headers();
    const date = new Date(Date.parse(headers['date'] ?? '') + aheadMs).toUTCString();
    await route.fulfill({ response, headers: { ...headers, date } });
  };
  await page.clock.install();
  await page.route('**/graphql', async (route) => {
    await advancing;
    const answered = answer(route);
    answering.add(answered);
    await answered.finally(() => answering.delete(answered));
  });
  // No answer may be on its way, because the page would get it with the date of one clock and the time of the other.
  const advance = async (ms: number) => {
    await Promise.allSettled(answering);
    aheadMs += ms;
    await page.clock.fastForward(ms);
  };
  return (ms) => (advancing = advance(ms));
}
