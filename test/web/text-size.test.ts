import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useWeb, walkPurchase } from './web.fixture.ts';

const web = useWeb();

/** The values of WCAG 1.4.12 (text spacing), and twice the usual size of text (1.4.4). */
const looks = {
  'with the text spacing of WCAG': `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }`,
  'with text twice as large': ':root { font-size: 200% }',
};

/** Adds a style sheet in a way that the policy of the page does not forbid. */
const addStyle = (page: Page, style: string) =>
  page.evaluate(async (text) => {
    document.adoptedStyleSheets = [await new CSSStyleSheet().replace(text)];
  }, style);

/** Returns the texts that lie outside an element that clips them, or outside the box that is drawn around them. */
const findCutTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const boxes = 'button, select, .button, .card, .notice, .badge, .sheet, .live, .stale, .header';
    const isInside = (inner: DOMRect, outer: DOMRect) =>
      inner.left >= outer.left - 1 &&
      inner.right <= outer.right + 1 &&
      inner.top >= outer.top - 1 &&
      inner.bottom <= outer.bottom + 1;
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode() !== null) {
      const text = walker.currentNode;
      const range = document.createRange();
      range.selectNodeContents(text);
      const rect = range.getBoundingClientRect();
      const parent = text.parentElement;
      if (rect.width === 0 || parent === null || parent.closest('.visually-hidden, .skip, option') !== null)
        continue;
      for (let box: Element | null = parent; box !== null && box !== document.body; box = box.parentElement) {
        const { overflowX, position } = getComputedStyle(box);
        const clips = overflowX === 'hidden' || overflowX === 'clip';
        if ((clips || box.matches(boxes)) && !isInside(rect, box.getBoundingClientRect()))
          found.push(`${text.textContent} in ${box.tagName}.${box.className}`);
        // What is around it in the document is not around it on the screen.
        if (position === 'fixed') break;
      }
    }
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
      found.push('the page scrolls sideways');
    return found;
  });

it.each(Object.entries(looks))('%s, nothing is cut off', async (_name, style) => {
  const { url } = await web().createEvent();
  const page = await web().open('/', {
    viewport: { width: 390, height: 844 },
    // The style sheet of the test moves everything.
    expected: /layout shifted/,
  });
  const check = async () => {
    await addStyle(page, style);
    expect(await findCutTexts(page)).toEqual([]);
  };
  await walkPurchase(page, url, check);
});
