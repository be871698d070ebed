import type { SeatsChanged } from '../../messaging/messages.ts';
import { codeOf } from '../../seating/map/seat-states.ts';
import type { BatchResult } from './batch.ts';

/** What a committed batch tells everybody who follows the event. The batch must have raised the version. */
export function changeMessage(eventId: number, result: BatchResult): SeatsChanged {
  const { changes, version, batchId, previousBatchId } = result;
  if (version === null || previousBatchId === null)
    throw new Error('a batch that changed nothing has no message');
  return {
    eventId,
    fromVersion: version - 1,
    version,
    previousBatchId,
    batchId,
    seats: changes.seats.map(({ after }) => [after.index, codeOf(after.status)] as const),
    bookingIds: [
      ...changes.createdBookings.map((b) => b.id),
      ...changes.changedBookings.map((b) => b.after.id),
    ],
  };
}
