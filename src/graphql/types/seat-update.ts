import { eventIdOf, seatIdOf } from '../../platform/ids.ts';
import type { SeatStatusCode } from '../../pubsub/messages.ts';
import type { FeedMessage } from '../../seating/live-feed.ts';
import { statusOf } from '../../seating/seat-states.ts';
import { builder } from '../builder.ts';
import type { SharedContext } from '../context.ts';
import type { SeatRow } from '../reads/seat-row.ts';
import { SeatStatus } from './enums/seat-status.ts';

/** A message of the live feed, with the event that it is about. */
type OfEvent<Kind extends FeedMessage['kind']> = Extract<FeedMessage, { kind: Kind }> & {
  readonly eventId: number;
};

const SeatMapSnapshot = builder.objectRef<OfEvent<'snapshot'>>('SeatMapSnapshot').implement({
  description: 'All seats of the event: whatever was known before is to be forgotten.',
  fields: (t) => ({
    eventId: t.id({ description: 'The event.', resolve: ({ eventId }) => eventIdOf(eventId) }),
    version: t.exposeInt('version', { description: 'The version that `states` shows.' }),
    states: t.expose('states', { type: 'SeatStates', description: 'The status of every seat.' }),
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
  description: 'A seat that has another status now.',
  fields: (t) => ({
    seatId: t.id({ description: 'The seat.', resolve: ({ eventId, index }) => seatIdOf(eventId, index) }),
    index: t.exposeInt('index', { description: 'Its place in SeatStates and in the layout.' }),
    status: t.field({
      type: SeatStatus,
      description: 'Its status from now on.',
      resolve: ({ code }) => statusOf(code),
    }),
    seat: t.field({
      type: 'Seat',
      description: 'The seat itself with its status in this message, for caches that are normalized by ID.',
      resolve: changedSeat,
    }),
  }),
});

function changedSeat(
  { eventId, index, code }: Change,
  _args: unknown,
  { followedSeats }: SharedContext,
): SeatRow {
  const seat = followedSeats.get(eventId, index);
  if (seat === null) throw new Error(`seat ${index} of event ${eventId} is not followed`);
  const { category: tierIndex, tier, currency, ...words } = seat;
  const knownTier = { eventId, index: tierIndex, ...tier, amount: BigInt(tier.amount), currency };
  return { eventId, index, tierIndex, status: statusOf(code), ...words, knownTier };
}

const SeatsChanged = builder.objectRef<OfEvent<'changes'>>('SeatsChanged').implement({
  description: 'What happened from one version to another, each seat with its latest status.',
  fields: (t) => ({
    eventId: t.id({ description: 'The event.', resolve: ({ eventId }) => eventIdOf(eventId) }),
    fromVersion: t.exposeInt('fromVersion', {
      description: 'What this continues: the version that the message before it ended at.',
    }),
    version: t.exposeInt('version', { description: 'The version that holds from now on.' }),
    seats: t.field({
      type: [SeatChange],
      description: 'The seats that changed, each once.',
      complexity: { field: 1, multiplier: SEATS_COST },
      resolve: ({ eventId, seats }) => seats.map(([index, code]) => ({ eventId, index, code })),
    }),
  }),
});

export const SeatUpdate = builder.unionType('SeatUpdate', {
  description: 'A message of the live seat map.',
  types: [SeatMapSnapshot, SeatsChanged],
  resolveType: ({ kind }) => (kind === 'snapshot' ? SeatMapSnapshot : SeatsChanged),
});
