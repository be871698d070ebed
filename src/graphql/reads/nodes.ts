import { brandWithType } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import {
  parseBookingId,
  parseEventId,
  parseHoldRequestId,
  parseId,
  parseSeatId,
  parseVenueId,
} from '../../platform/ids.ts';
import type { GraphQLContext } from '../context.ts';
import { visibleEvents, visibleVenues } from './access.ts';
import { getPrismaSelection } from './prisma-selection.ts';
import { readVisibleSeats } from './seats.sql.ts';

type NodesById = ReadonlyMap<string, object>;
type Read = (ids: readonly string[], ctx: GraphQLContext, info: GraphQLResolveInfo) => Promise<NodesById>;

const readers: Readonly<Record<string, Read>> = {
  Event: readEvents,
  Venue: readVenues,
  Seat: readSeats,
  Booking: readBookings,
  HoldRequest: readHoldRequests,
};

/**
 * Reads the objects of IDs, in the order of the IDs. An entry is null if the ID is not valid, or if its object does not
 * exist or is not visible to the caller. The number of statements depends on the types, not on the number of IDs.
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

async function readEvents(ids: readonly string[], ctx: GraphQLContext, info: GraphQLResolveInfo) {
  const keys = parseKeys(ids, parseEventId);
  const rows = await ctx.database.reads.event.findMany({
    ...getPrismaSelection(ctx, info, { typeName: 'Event' }),
    where: { AND: [{ id: { in: [...keys.values()] } }, visibleEvents(ctx)] },
  });
  return matchById(keys, rows, ({ id }) => String(id), String);
}

async function readVenues(ids: readonly string[], ctx: GraphQLContext, info: GraphQLResolveInfo) {
  const keys = parseKeys(ids, parseVenueId);
  const rows = await ctx.database.reads.venue.findMany({
    ...getPrismaSelection(ctx, info, { typeName: 'Venue' }),
    where: { AND: [{ id: { in: [...keys.values()] } }, visibleVenues(ctx)] },
  });
  return matchById(keys, rows, ({ id }) => String(id), String);
}

async function readSeats(ids: readonly string[], ctx: GraphQLContext) {
  const keys = parseKeys(ids, parseSeatId);
  const { database, viewer } = ctx;
  const shown = await readVisibleSeats(database.reads, [...keys.values()], viewer?.userId ?? null);
  const name = (key: { eventId: number; index: number }) => `${key.eventId}:${key.index}`;
  return matchById(keys, shown, name, name);
}

async function readBookings(ids: readonly string[], ctx: GraphQLContext, info: GraphQLResolveInfo) {
  const { viewer, database } = ctx;
  if (viewer === null) return new Map<string, object>();
  const keys = parseKeys(ids, parseBookingId);
  const rows = await database.reads.booking.findMany({
    ...getPrismaSelection(ctx, info, { typeName: 'Booking' }),
    where: {
      buyerId: viewer.userId,
      OR: [...keys.values()].map(({ eventId, bookingId }) => ({ eventId, id: bookingId })),
    },
  });
  return matchById(
    keys,
    rows,
    ({ eventId, id }) => `${eventId}:${id}`,
    ({ eventId, bookingId }) => `${eventId}:${bookingId}`,
  );
}

async function readHoldRequests(ids: readonly string[], ctx: GraphQLContext) {
  const { viewer } = ctx;
  const found = new Map<string, object>();
  if (viewer === null) return found;
  await Promise.all(
    [...parseKeys(ids, parseHoldRequestId)].map(async ([id, { eventId, requestId }]) => {
      const request = await ctx.requestReads.read(eventId, requestId);
      if (request?.buyerId === viewer.userId) found.set(id, request); // guard: hold-request-owner
    }),
  );
  return found;
}

function parseKeys<Key>(ids: readonly string[], parse: (id: string) => Key | null): ReadonlyMap<string, Key> {
  return new Map(
    ids.flatMap((id) => {
      const key = parse(id);
      return key === null ? [] : [[id, key] as const];
    }),
  );
}

function matchById<Key, Row extends object>(
  keys: ReadonlyMap<string, Key>,
  rows: readonly Row[],
  rowToName: (row: Row) => string,
  keyToName: (key: Key) => string,
): NodesById {
  const rowsByName = new Map(rows.map((row) => [rowToName(row), row]));
  const found = new Map<string, object>();
  for (const [id, key] of keys) {
    const row = rowsByName.get(keyToName(key));
    if (row !== undefined) found.set(id, row);
  }
  return found;
}
