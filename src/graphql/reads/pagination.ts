import { parseBookingKey } from '../../platform/ids.ts';
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

/** Encodes a cursor. It contains the sort key of its row, so it stays valid when the row is gone. */
function encode(kind: string, key: string): string {
  return Buffer.from(`${kind}:${key}`).toString('base64url');
}

function decode(kind: string, cursor: string): string | null {
  if (cursor.length > 200) return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  return text.startsWith(`${kind}:`) ? text.slice(kind.length + 1) : null;
}

export interface EventCursor {
  /** The time that separates upcoming from past events in the list of the cursor. */
  readonly asOf: Date;
  readonly startsAt: Date;
  readonly id: number;
}

export function encodeEventCursor({ asOf, startsAt, id }: EventCursor): string {
  return encode('e', `${asOf.getTime()}:${startsAt.getTime()}:${id}`);
}

export function parseEventCursor(cursor: string): EventCursor | null {
  const match = EVENT_KEY.exec(decode('e', cursor) ?? '');
  const [asOfMs, startsAtMs, id] = (match ?? []).slice(1).map(Number);
  if (asOfMs === undefined || startsAtMs === undefined || id === undefined || id > 2_147_483_647) return null;
  return { asOf: new Date(asOfMs), startsAt: new Date(startsAtMs), id };
}

/** Two times in milliseconds, within the range of PostgreSQL, and the number of an event. */
const EVENT_KEY = /^(-?\d{1,14}):(-?\d{1,14}):(\d{1,9}|[12]\d{9})$/;

export function encodeSeatCursor(seat: { readonly index: number }): string {
  return encode('s', String(seat.index));
}

export function parseSeatCursor(cursor: string): number | null {
  const match = /^\d{1,9}$/.exec(decode('s', cursor) ?? '');
  return match === null ? null : Number(match[0]);
}

export interface BookingCursor {
  readonly eventId: number;
  readonly id: string;
}

export function encodeBookingCursor({ eventId, id }: BookingCursor): string {
  return encode('b', `${eventId}:${id}`);
}

export function parseBookingCursor(cursor: string): BookingCursor | null {
  const key = parseBookingKey(decode('b', cursor) ?? '');
  return key === null ? null : { eventId: key.eventId, id: key.bookingId };
}

export function encodeVenueCursor(venue: { readonly id: number }): string {
  return encode('v', String(venue.id));
}

export function parseVenueCursor(cursor: string): number | null {
  const match = /^\d{1,10}$/.exec(decode('v', cursor) ?? '');
  const id = Number(match?.[0]);
  return id <= 2_147_483_647 ? id : null;
}
