import { pageBeyond, type Page } from './page-args.ts';

/**
 * A connection from the rows of a page: those that were read in the page's direction, one more than its size if there
 * are as many. `pageInfo` follows Relay's rules. Towards the end that the page counts from, Relay asks only whether the
 * cursor has elements at or behind it; `hasRows` finds out, and is called only if the client selects that field.
 */
export function connectionOf<Row, Key>(
  page: Page<Key>,
  rows: readonly Row[],
  cursorOf: (row: Row) => string,
  hasRows: (page: Page<Key>) => Promise<boolean>,
) {
  const hasMore = rows.length > page.size;
  const shown = rows.slice(0, page.size);
  if (page.backward) shown.reverse();
  const edges = shown.map((node) => ({ cursor: cursorOf(node), node }));
  const beyond = pageBeyond(page);
  // The relay plugin's types want a boolean. The executor also takes a promise.
  // guard: page-has-more
  const isMoreBeyond = () => (beyond === null ? false : (hasRows(beyond) as unknown as boolean));
  return {
    edges,
    pageInfo: {
      get hasNextPage(): boolean {
        return page.backward ? isMoreBeyond() : hasMore;
      },
      get hasPreviousPage(): boolean {
        return page.backward ? hasMore : isMoreBeyond();
      },
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
