import type { SeatStatusCode, SeatVersion } from '../../messaging/messages.ts';
import { encodeEventId, encodeSeatId } from '../../platform/ids.ts';
import type { FeedMessage } from '../../seating/live/feed-message.ts';
import { toSeatStatus, type SeatMap as SeatStates } from '../../seating/map/seat-map.ts';
import type { SharedContext } from '../context.ts';
import type { SeatRow } from '../reads/seats.sql.ts';
import { builder } from './builder.ts';
import { SeatStatus } from './seat.ts';

interface SeatMapShape extends SeatStates {
  readonly eventId: number;
}

/** The key of a seat map, with its minimum version: that of the event's row, so that one response is consistent. */
export interface SeatMapKey extends SeatVersion {
  readonly id: number;
}

export const SeatMap = builder.objectRef<SeatMapShape>('SeatMap').implement({
  description: 'The status of all seats of an event at one version.',
  fields: (t) => ({
    version: t.exposeInt('version', {
      description:
        'The version of `states`. Every committed batch of changes increases it by one. After a failover or a restore of the database, it increases by a million, so that no version ever stands for two states; subscribers then receive a SeatMapSnapshot.',
    }),
    states: t.expose('states', {
      type: 'SeatStates',
      description: 'The status of every seat at `version`.',
    }),
    layoutUrl: t.loadable({
      type: 'String',
      description:
        'The URL path of the seat layout: a JSON document with the IDs, labels, positions, and price tiers of the seats, in arrays ordered by index. The path contains a content hash, so the document can be cached forever.',
      loaderOptions: { cache: false },
      load: async (eventIds: number[], { eventLayouts }) => {
        const paths = await eventLayouts.paths(eventIds);
        return eventIds.map((id) => paths.get(id) ?? new Error(`event ${id} has no layout`));
      },
      resolve: ({ eventId }) => eventId,
    }),
  }),
});

/** A message of the live feed, with its event. */
type EventMessage<Kind extends FeedMessage['kind']> = Extract<FeedMessage, { kind: Kind }> & {
  readonly eventId: number;
};

const SeatMapSnapshot = builder.objectRef<EventMessage<'snapshot'>>('SeatMapSnapshot').implement({
  description: 'The status of all seats of an event. It replaces everything that the client received before.',
  fields: (t) => ({
    eventId: t.id({ description: 'The ID of the event.', resolve: ({ eventId }) => encodeEventId(eventId) }),
    version: t.exposeInt('version', { description: 'The version of `states`.' }),
    states: t.expose('states', { type: 'SeatStates', description: 'The status of every seat at `version`.' }),
  }),
});

/**
 * The cost multiplier of a message's seats. A message has up to 2,000 of them. The multiplier limits an operation to about
 * thirty fields per seat, at most 50 ms of CPU.
 */
const SEATS_COST = 500;

interface Change {
  readonly eventId: number;
  readonly index: number;
  readonly code: SeatStatusCode;
}

const SeatChange = builder.objectRef<Change>('SeatChange').implement({
  description: 'The new status of one seat.',
  fields: (t) => ({
    seatId: t.id({
      description: 'The ID of the seat.',
      resolve: ({ eventId, index }) => encodeSeatId(eventId, index),
    }),
    index: t.exposeInt('index', {
      description: 'The zero-based position of the seat in SeatStates and in the layout.',
    }),
    status: t.field({
      type: SeatStatus,
      description: 'The new status of the seat.',
      resolve: ({ code }) => toSeatStatus(code),
    }),
    seat: t.field({
      type: 'Seat',
      description:
        'The seat, with the status of this message. Select it to update a normalized client cache.',
      resolve: getChangedSeat,
    }),
  }),
});

function getChangedSeat(
  { eventId, index, code }: Change,
  _args: unknown,
  { seatDetails }: SharedContext,
): SeatRow {
  const seat = seatDetails.get(eventId, index);
  if (seat === null) throw new Error(`seat ${index} of event ${eventId} has no details`);
  const { category: tierIndex, tier, currency, ...names } = seat;
  const preloadedTier = { eventId, index: tierIndex, ...tier, amount: BigInt(tier.amount), currency };
  return { eventId, index, tierIndex, status: toSeatStatus(code), ...names, preloadedTier };
}

const SeatsChanged = builder.objectRef<EventMessage<'changes'>>('SeatsChanged').implement({
  description: 'The changes between two versions: each changed seat with its latest status.',
  fields: (t) => ({
    eventId: t.id({ description: 'The ID of the event.', resolve: ({ eventId }) => encodeEventId(eventId) }),
    fromVersion: t.exposeInt('fromVersion', {
      description: 'The version that the changes apply to: the `version` of the previous message.',
    }),
    version: t.exposeInt('version', { description: 'The version of the seats after the changes.' }),
    // guard: seat-update-cost
    seats: t.field({
      type: [SeatChange],
      description: 'The changed seats, each once.',
      complexity: { field: 1, multiplier: SEATS_COST },
      resolve: ({ eventId, seats }) => seats.map(([index, code]) => ({ eventId, index, code })),
    }),
  }),
});

export const SeatUpdate = builder.unionType('SeatUpdate', {
  description: 'A message of `seatUpdates`.',
  types: [SeatMapSnapshot, SeatsChanged],
  resolveType: ({ kind }) => (kind === 'snapshot' ? SeatMapSnapshot : SeatsChanged),
});
