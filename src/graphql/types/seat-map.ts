import type { SeatVersion } from '../../pubsub/messages.ts';
import type { SeatMap as Map } from '../../seating/seat-map-cache.ts';
import { builder } from '../builder.ts';

export interface SeatMapShape extends Map {
  readonly eventId: number;
}

/** Which map, and the version that it has at least: that of the event's row, so that an answer fits together. */
export interface SeatMapKey extends SeatVersion {
  readonly id: number;
}

export const SeatMap = builder.objectRef<SeatMapShape>('SeatMap').implement({
  description: 'The status of all seats of an event at one moment.',
  fields: (t) => ({
    version: t.exposeInt('version', {
      description:
        'The version of the seats that `states` shows. Every committed batch of changes raises it by one. After lost commits (a failover, a restore) the version may go back; a SeatMapSnapshot then replaces everything.',
    }),
    states: t.expose('states', {
      type: 'SeatStates',
      description: 'The status of every seat at that version.',
    }),
    layoutUrl: t.loadable({
      type: 'String',
      description:
        'The path of the layout as JSON: ids, labels, positions and tiers of the seats, in arrays in index order. It has a content hash and never changes, so it can be kept for ever.',
      loaderOptions: { cache: false },
      load: async (eventIds: number[], { eventLayouts }) => {
        const paths = await eventLayouts.paths(eventIds);
        return eventIds.map((id) => paths.get(id) ?? new Error(`event ${id} has no layout`));
      },
      resolve: ({ eventId }) => eventId,
    }),
  }),
});
