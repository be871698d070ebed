import type { SeatsChanged } from '../pubsub/messages.ts';
import { codeOf } from '../seating/seat-states.ts';
import type { BatchResult } from './batch.ts';

/** What a committed batch tells everybody who follows the event. The batch must have raised the version. */
export function changeMessage(eventId: number, { changes, version }: BatchResult): SeatsChanged {
  if (version === null) throw new Error('a batch that changed nothing has no message');
  return {
    eventId,
    fromVersion: version - 1,
    version,
    seats: changes.seats.map(({ after }) => [after.index, codeOf(after.status)] as const),
    bookingIds: [
      ...changes.createdBookings.map((b) => b.id),
      ...changes.changedBookings.map((b) => b.after.id),
    ],
  };
}
