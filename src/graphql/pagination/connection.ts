import type { Page } from './page-args.ts';

/**
 * A connection from the rows of a page: those that were read in the page's direction, one more than its size where
 * there are as many.
 */
export function connectionOf<Row, Key>(
  page: Page<Key>,
  rows: readonly Row[],
  cursorOf: (row: Row) => string,
) {
  const more = rows.length > page.size;
  const shown = rows.slice(0, page.size);
  if (page.backward) shown.reverse();
  const edges = shown.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      // Relay lets the other direction be answered from the cursor: what it names stands there.
      hasNextPage: page.backward ? page.before !== null : more,
      hasPreviousPage: page.backward ? more : page.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
