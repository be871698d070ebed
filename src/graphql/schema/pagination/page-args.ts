import { badUserInput } from '../errors.ts';

/** Nodes on a page where the caller does not say. */
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
  /** From the end instead of from the start. */
  readonly backward: boolean;
  readonly after: Key | null;
  readonly before: Key | null;
  /** Whether elements at the cursors belong to the page. Set by `pageBeyond` alone. */
  readonly inclusive: boolean;
}

/**
 * The page that the arguments of a connection ask for.
 *
 * @param parseCursor null for what is no cursor of this connection.
 * @throws {GraphQLError} BAD_USER_INPUT.
 */
export function pageOf<Key>(args: ConnectionArgs, parseCursor: (cursor: string) => Key | null): Page<Key> {
  const { first, last, after, before } = args;
  if (first != null && last != null) throw badUserInput('Specify either first or last, not both.');
  const keyAt = (name: string, cursor: string | null | undefined): Key | null => {
    if (cursor == null) return null;
    const key = parseCursor(cursor);
    if (key === null) throw badUserInput(`${name} is not a valid cursor of this connection.`);
    return key;
  };
  return {
    size: last == null ? sizeOf('first', first ?? PAGE_DEFAULT) : sizeOf('last', last),
    backward: last != null,
    after: keyAt('after', after),
    before: keyAt('before', before),
    inclusive: false,
  };
}

/**
 * The element nearest to a page on the other side of the cursor that the page counts from, as a page; null without that
 * cursor. The element at the cursor is one: it comes before a page that starts after it. A size of 0 makes readers
 * return at most one row.
 */
export function pageBeyond<Key>({ backward, after, before }: Page<Key>): Page<Key> | null {
  const cursor = backward ? before : after;
  if (cursor === null) return null;
  const past = backward ? { after: cursor, before: null } : { after: null, before: cursor };
  return { size: 0, backward: !backward, ...past, inclusive: true }; // guard: page-after-cursor
}

function sizeOf(name: string, size: number): number {
  if (size < 0 || size > PAGE_MAX) throw badUserInput(`${name} must be 0 to ${PAGE_MAX}, not ${size}.`);
  return size;
}

/** For the complexity plugin: what a page multiplies the cost of its nodes by. */
export function pageCost(args: ConnectionArgs) {
  const size = args.first ?? args.last ?? PAGE_DEFAULT;
  return { field: 1, multiplier: Math.min(Math.max(size, 0), PAGE_MAX) };
}
