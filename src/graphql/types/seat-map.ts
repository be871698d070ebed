import type { SeatVersion } from '../../messaging/messages.ts';
import type { SeatMap as Map } from '../../seating/map/seat-map.ts';
import { builder } from '../schema/builder.ts';

export interface SeatMapShape extends Map {
  readonly eventId: number;
}

/** Which map, and the version that it has at least: that of the event's row, so that an answer fits together. */
export interface SeatMapKey extends SeatVersion {
  readonly id: number;
}

export const SeatMap = builder.objectRef<SeatMapShape>('SeatMap').implement({
  description: 'The status of all seats of an event at one version.',
  fields: (t) => ({
    version: t.exposeInt('version', {
      description:
        'The version of `states`. Every committed batch of changes increases it by one. It can decrease only if the database loses commits, for example in a failover; subscribers then receive a SeatMapSnapshot.',
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
