import { askPublic } from '../api/client.ts';
import { fromAddressId } from '../api/addresses.ts';
import { getServerTime } from '../api/clock.ts';
import { EventDetailsDocument, type EventDetailsQuery } from '../api/operations/events.ts';
import type { SeatLayout } from '../map/contract.ts';
import { Ahead } from '../parts/ahead.ts';

/** An event as its page reads it. */
export type EventDetails = NonNullable<EventDetailsQuery['event']>;

/** Returns null if there is no such event. */
export const events = new Ahead<EventDetails | null>(
  async (id) => (await askPublic(EventDetailsDocument, { id })).event,
);

export const layouts = new Ahead<SeatLayout>(async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the layout was answered with ${response.status}`);
  return (await response.json()) as SeatLayout;
});

export const loadMap = () => import('../map/view/map-parts.ts');

/** Starts to load the event at `/e/<id>` before React does, and its map when the answer says that seats are sold. */
export async function loadAhead(path: string): Promise<void> {
  const [, id] = /^\/e\/([\w=-]+)$/.exec(path) ?? [];
  if (id === undefined) return;
  const event = await events.start(fromAddressId(id));
  // A crowd that waits does not load the map before its turn.
  if (event === null || !isSelling(event)) return;
  await Promise.all([layouts.start(event.seatMap.layoutUrl), loadMap()]);
}

function isSelling({ status, onSaleAt, waitingRoom }: EventDetails): boolean {
  return status === 'ON_SALE' && waitingRoom.state === 'OFF' && Date.parse(onSaleAt) <= getServerTime();
}
