import { badUserInput } from '../engine/errors/graphql-error.ts';

/** Items per page if the client specifies neither `first` nor `last`. */
export const PAGE_DEFAULT = 20;
export const PAGE_MAX = 100;

export interface ConnectionArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

export interface Page<Key> {
  readonly size: number;
  /** True if the page counts from the end of the list. */
  readonly backward: boolean;
  readonly after: Key | null;
  readonly before: Key | null;
  /** True if the items at the cursors belong to the page. Only `getAdjacentPage` sets it. */
  readonly inclusive: boolean;
}

/**
 * Parses the arguments of a connection.
 *
 * @param parseCursor returns null if the cursor does not belong to this connection.
 * @throws {GraphQLError} BAD_USER_INPUT.
 */
export function parsePageArgs<Key>(
  args: ConnectionArgs,
  parseCursor: (cursor: string) => Key | null,
): Page<Key> {
  const { first, last, after, before } = args;
  if (first != null && last != null) throw badUserInput('Specify either first or last, not both.');
  const parseKey = (name: string, cursor: string | null | undefined): Key | null => {
    if (cursor == null) return null;
    const key = parseCursor(cursor);
    if (key === null) throw badUserInput(`${name} is not a valid cursor of this connection.`);
    return key;
  };
  return {
    size: last == null ? checkSize('first', first ?? PAGE_DEFAULT) : checkSize('last', last),
    backward: last != null,
    after: parseKey('after', after),
    before: parseKey('before', before),
    inclusive: false,
  };
}

/**
 * Returns the page on the other side of the cursor that a page starts at, or null if there is no such cursor. The item at
 * the cursor belongs to it. Its size is 0, which makes readers return at most one row.
 */
function getAdjacentPage<Key>({ backward, after, before }: Page<Key>): Page<Key> | null {
  const cursor = backward ? before : after;
  if (cursor === null) return null;
  const range = backward ? { after: cursor, before: null } : { after: null, before: cursor };
  return { size: 0, backward: !backward, ...range, inclusive: true }; // guard: page-after-cursor
}

function checkSize(name: string, size: number): number {
  if (size < 0 || size > PAGE_MAX) throw badUserInput(`${name} must be 0 to ${PAGE_MAX}, not ${size}.`);
  return size;
}

/** Returns the cost of a connection for the complexity plugin: the page size multiplies the cost of the items. */
export function pageCost(args: ConnectionArgs) {
  const size = args.first ?? args.last ?? PAGE_DEFAULT;
  return { field: 1, multiplier: Math.min(Math.max(size, 0), PAGE_MAX) };
}

/**
 * Builds a connection from the rows of a page. `pageInfo` follows Relay's specification.
 *
 * @param rows in the direction of the page, with one row more than its size if more exist.
 * @param hasRows whether the adjacent page has items. Called only if the client selects the field that needs it.
 */
export function toConnection<Row, Key>(
  page: Page<Key>,
  rows: readonly Row[],
  toCursor: (row: Row) => string,
  hasRows: (page: Page<Key>) => Promise<boolean>,
) {
  const hasMore = rows.length > page.size;
  const shown = rows.slice(0, page.size);
  if (page.backward) shown.reverse();
  const edges = shown.map((node) => ({ cursor: toCursor(node), node }));
  const adjacent = getAdjacentPage(page);
  // The Relay plugin's types require a boolean. The executor also accepts a promise.
  // guard: page-has-more
  const hasAdjacent = () => (adjacent === null ? false : (hasRows(adjacent) as unknown as boolean));
  return {
    edges,
    pageInfo: {
      get hasNextPage(): boolean {
        return page.backward ? hasAdjacent() : hasMore;
      },
      get hasPreviousPage(): boolean {
        return page.backward ? hasMore : hasAdjacent();
      },
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/**
 * Returns a function that calls `read` once and returns that result on every later call, whatever its argument. Pages of
 * several events share one statement this way.
 */
export function once<A, T>(read: (argument: A) => T): (argument: A) => T {
  let result: { readonly value: T } | undefined;
  return (argument) => (result ??= { value: read(argument) }).value;
}
