import { encodeEventId, encodeSeatId } from '../../platform/ids.ts';
import type { SeatStatusCode } from '../../messaging/messages.ts';
import type { FeedMessage } from '../../seating/live/live-feed.ts';
import { toSeatStatus } from '../../seating/map/seat-map.ts';
import { builder } from '../schema/builder.ts';
import type { SharedContext } from '../schema/context.ts';
import type { SeatRow } from '../reads/seat-row.ts';
import { SeatStatus } from './enums/seat-status.ts';

/** A message of the live feed, with the event that it is about. */
type OfEvent<Kind extends FeedMessage['kind']> = Extract<FeedMessage, { kind: Kind }> & {
  readonly eventId: number;
};

const SeatMapSnapshot = builder.objectRef<OfEvent<'snapshot'>>('SeatMapSnapshot').implement({
  description: 'The status of all seats of an event. It replaces everything that the client received before.',
  fields: (t) => ({
    eventId: t.id({ description: 'The ID of the event.', resolve: ({ eventId }) => encodeEventId(eventId) }),
    version: t.exposeInt('version', { description: 'The version of `states`.' }),
    states: t.expose('states', { type: 'SeatStates', description: 'The status of every seat at `version`.' }),
  }),
});

/** A message has up to 2,000 seats. With this, an operation has some thirty fields for each: 50 ms of CPU at most. */
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
      resolve: changedSeat,
    }),
  }),
});

function changedSeat(
  { eventId, index, code }: Change,
  _args: unknown,
  { seatDetails }: SharedContext,
): SeatRow {
  const seat = seatDetails.get(eventId, index);
  if (seat === null) throw new Error(`seat ${index} of event ${eventId} is not followed`);
  const { category: tierIndex, tier, currency, ...words } = seat;
  const knownTier = { eventId, index: tierIndex, ...tier, amount: BigInt(tier.amount), currency };
  return { eventId, index, tierIndex, status: toSeatStatus(code), ...words, knownTier };
}

const SeatsChanged = builder.objectRef<OfEvent<'changes'>>('SeatsChanged').implement({
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
