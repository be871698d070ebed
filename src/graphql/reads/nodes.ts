import { brandWithType } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { parseBookingId, parseEventId, parseId, parseSeatId, parseVenueId } from '../../platform/ids.ts';
import type { GraphQLContext } from '../schema/context.ts';
import { readVisibleSeats } from './seats.sql.ts';
import { selectionFor } from './selection.ts';
import { visibleEvents, visibleVenues } from './visibility.ts';

type NodesById = ReadonlyMap<string, object>;
type Read = (ids: readonly string[], ctx: GraphQLContext, info: GraphQLResolveInfo) => Promise<NodesById>;

const readers: Readonly<Record<string, Read>> = {
  Event: events,
  Venue: venues,
  Seat: seats,
  Booking: bookings,
};

/**
 * What the ids stand for, in their order; null for what is no id, stands for nothing, or is not for the caller to
 * see. A few statements for each type, however many ids.
 */
export async function readNodes(
  ids: readonly string[],
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<(object | null)[]> {
  const byType = Map.groupBy(new Set(ids), (id) => parseId(id)?.type ?? '');
  const found = await Promise.all(
    [...byType].map(async ([type, own]) => {
      const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
      const nodes: NodesById = (await read?.(own, ctx, info)) ?? new Map();
      for (const node of nodes.values()) brandWithType(node, type as never);
      return nodes;
    }),
  );
  return ids.map((id) => found.find((nodes) => nodes.has(id))?.get(id) ?? null);
}

async function events(ids: readonly string[], ctx: GraphQLContext, info: GraphQLResolveInfo) {
  const keys = keysOf(ids, parseEventId);
  const rows = await ctx.database.reads.event.findMany({
    ...selectionFor(ctx, info, { typeName: 'Event' }),
    where: { AND: [{ id: { in: [...keys.values()] } }, visibleEvents(ctx)] },
  });
  return byId(keys, rows, ({ id }) => String(id), String);
}

async function venues(ids: readonly string[], ctx: GraphQLContext, info: GraphQLResolveInfo) {
  const keys = keysOf(ids, parseVenueId);
  const rows = await ctx.database.reads.venue.findMany({
    ...selectionFor(ctx, info, { typeName: 'Venue' }),
    where: { AND: [{ id: { in: [...keys.values()] } }, visibleVenues(ctx)] },
  });
  return byId(keys, rows, ({ id }) => String(id), String);
}

async function seats(ids: readonly string[], ctx: GraphQLContext) {
  const keys = keysOf(ids, parseSeatId);
  const { database, viewer } = ctx;
  const shown = await readVisibleSeats(database.reads, [...keys.values()], viewer?.userId ?? null);
  const name = (key: { eventId: number; index: number }) => `${key.eventId}:${key.index}`;
  return byId(keys, shown, name, name);
}

async function bookings(ids: readonly string[], ctx: GraphQLContext, info: GraphQLResolveInfo) {
  const { viewer, database } = ctx;
  if (viewer === null) return new Map<string, object>();
  const keys = keysOf(ids, parseBookingId);
  const rows = await database.reads.booking.findMany({
    ...selectionFor(ctx, info, { typeName: 'Booking' }),
    where: {
      buyerId: viewer.userId,
      OR: [...keys.values()].map(({ eventId, bookingId }) => ({ eventId, id: bookingId })),
    },
  });
  return byId(
    keys,
    rows,
    ({ eventId, id }) => `${eventId}:${id}`,
    ({ eventId, bookingId }) => `${eventId}:${bookingId}`,
  );
}

function keysOf<Key>(ids: readonly string[], parse: (id: string) => Key | null): ReadonlyMap<string, Key> {
  return new Map(
    ids.flatMap((id) => {
      const key = parse(id);
      return key === null ? [] : [[id, key] as const];
    }),
  );
}

function byId<Key, Row extends object>(
  keys: ReadonlyMap<string, Key>,
  rows: readonly Row[],
  nameOfRow: (row: Row) => string,
  nameOfKey: (key: Key) => string,
): NodesById {
  const rowsByName = new Map(rows.map((row) => [nameOfRow(row), row]));
  const found = new Map<string, object>();
  for (const [id, key] of keys) {
    const row = rowsByName.get(nameOfKey(key));
    if (row !== undefined) found.set(id, row);
  }
  return found;
}
