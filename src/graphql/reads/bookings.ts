import type { GraphQLResolveInfo } from 'graphql';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { BookingStatus } from '../../generated/prisma/enums.ts';
import type { GraphQLContext } from '../context.ts';
import { isOverdue } from './hold-deadlines.ts';
import { countBookings, readBookingPages, type BookingKey } from './booking-pages.sql.ts';
import {
  once,
  parsePageArgs,
  toConnection,
  type ConnectionArgs,
  type Page,
  encodeBookingCursor,
  parseBookingCursor,
  type BookingCursor,
} from './pagination.ts';
import { getPrismaSelection } from './prisma-selection.ts';

interface BookingConnectionArgs extends ConnectionArgs {
  readonly status?: BookingStatus | null | undefined;
}

/** Reads the same page of each event's bookings, newest first. */
export async function readEventBookings(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  eventIds: readonly number[],
  { status, ...args }: BookingConnectionArgs,
) {
  const { reads } = ctx.database;
  const page = parsePageArgs(args, parseBookingCursor);
  const filter = { status: status ?? null, nowMs: ctx.clock.nowMs() };
  const read = async (some: Page<BookingCursor>) => {
    const keys = await readBookingPages(reads, eventIds, filter, some);
    return Map.groupBy(keys, ({ eventId }) => eventId);
  };
  const byEvent = await read(page);
  const selection = getPrismaSelection(ctx, info, { path: ['edges', 'node'] });
  const rows = await readRows(ctx, selection, byEvent);
  const readAdjacent = once(read);
  const count = once(() => countBookings(reads, eventIds, filter));
  return eventIds.map((eventId) => {
    const bookings = (byEvent.get(eventId) ?? []).flatMap(({ id }) => rows.get(id) ?? []);
    const hasRows = async (adjacent: Page<BookingCursor>) => (await readAdjacent(adjacent)).has(eventId);
    const connection = toConnection(page, bookings, encodeBookingCursor, hasRows);
    return { ...connection, countAll: async () => (await count(null)).get(eventId) ?? 0 };
  });
}

/** Reads the selected fields of bookings by ID, in one statement for all events. */
async function readRows(
  { database }: GraphQLContext,
  selection: object,
  byEvent: ReadonlyMap<number, readonly BookingKey[]>,
) {
  const rows = await database.reads.booking.findMany({
    ...selection,
    where: { OR: [...byEvent].map(([eventId, keys]) => ({ eventId, id: { in: keys.map(({ id }) => id) } })) },
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Reads a page of a buyer's bookings, newest first. */
export async function readBuyerBookings(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  buyerId: string,
  { status, ...args }: BookingConnectionArgs,
) {
  const { reads } = ctx.database;
  const page = parsePageArgs(args, parseBookingCursor);
  const own: Prisma.BookingWhereInput = {
    AND: [{ buyerId }, status == null ? {} : await whereBookingStatus(ctx, buyerId, status)],
  };
  const read = (some: Page<BookingCursor>, selection: object) =>
    reads.booking.findMany({ ...selection, ...toPrismaPage(some, own) });
  const bookings = await read(page, getPrismaSelection(ctx, info, { path: ['edges', 'node'] }));
  const hasRows = async (adjacent: Page<BookingCursor>) =>
    (await read(adjacent, { select: { id: true } })).length > 0;
  return {
    ...toConnection(page, bookings, encodeBookingCursor, hasRows),
    countAll: () => reads.booking.count({ where: own }),
  };
}

/** Orders by ID: IDs are UUIDs of version 7, which sort by creation time. */
function toPrismaPage(
  { after, before, backward, inclusive, size }: Page<BookingCursor>,
  own: Prisma.BookingWhereInput,
) {
  const direction = backward ? ('asc' as const) : ('desc' as const);
  const eventId = (cursor: BookingCursor, older: boolean) => {
    if (older) return inclusive ? { lte: cursor.eventId } : { lt: cursor.eventId };
    return inclusive ? { gte: cursor.eventId } : { gt: cursor.eventId };
  };
  const older = after && { OR: [{ id: { lt: after.id } }, { id: after.id, eventId: eventId(after, true) }] };
  const newer = before && {
    OR: [{ id: { gt: before.id } }, { id: before.id, eventId: eventId(before, false) }],
  };
  return {
    where: { AND: [own, older ?? {}, newer ?? {}] },
    orderBy: [{ id: direction }, { eventId: direction }],
    take: size + 1,
  };
}

/** Returns the condition that matches the buyer's bookings for which `getBookingStatus` returns a status. */
async function whereBookingStatus(
  ctx: GraphQLContext,
  buyerId: string,
  status: BookingStatus,
): Promise<Prisma.BookingWhereInput> {
  if (status !== 'HOLD' && status !== 'EXPIRED') return { status };
  const nowMs = ctx.clock.nowMs();
  const isPast = { status: 'HOLD' as const, holdExpiresAt: { lte: new Date(nowMs) } };
  const id = { in: await findCreditedHolds(ctx, { buyerId, ...isPast }) };
  if (status === 'HOLD') return { status, OR: [{ holdExpiresAt: { gt: isPast.holdExpiresAt.lte } }, { id }] };
  return { OR: [{ status }, { ...isPast, NOT: { id } }] };
}

/** Returns the holds past their stored deadline that outages keep. A buyer has few. */
async function findCreditedHolds(ctx: GraphQLContext, where: Prisma.BookingWhereInput) {
  if (ctx.service.presumedOutages.length === 0) return [];
  const select = { id: true, createdAt: true, holdExpiresAt: true };
  const holds = await ctx.database.reads.booking.findMany({ where, select });
  return holds.filter((hold) => !isOverdue(hold, ctx)).map(({ id }) => id);
}
