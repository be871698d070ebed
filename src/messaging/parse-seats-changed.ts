import type { SeatsChanged } from './messages.ts';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * What came from Redis, after it was found to be a message: other releases publish there too, and anybody who can reach
 * it. Null for anything else, which must neither end the process nor put seats on a map that there are not.
 */
export function parseSeatsChanged(value: unknown): SeatsChanged | null {
  if (typeof value !== 'object' || value === null) return null;
  const { eventId, fromVersion, version, previousBatchId, batchId, seats, bookingIds } = value as Partial<
    Record<keyof SeatsChanged, unknown>
  >;
  if (!isCount(eventId) || !isCount(fromVersion) || !isCount(version) || version <= fromVersion) return null;
  if (!isBatchId(previousBatchId) || !isBatchId(batchId)) return null;
  if (!Array.isArray(seats) || !seats.every(isSeat)) return null;
  if (!Array.isArray(bookingIds) || !bookingIds.every((id) => typeof id === 'string')) return null;
  return { eventId, fromVersion, version, previousBatchId, batchId, seats, bookingIds };
}

function isBatchId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

function isSeat(value: unknown): value is SeatsChanged['seats'][number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [index, code] = value as unknown[];
  return isCount(index) && isCount(code) && code <= 3;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
