import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Returns what axe finds on a page against the rules of WCAG 2.2 AA, one line for each element. */
export async function findViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    // Saves a second page for each run. It is meant for pages with frames of other sites, and the shop has none.
    .setLegacyMode()
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
