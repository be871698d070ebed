import { PackedSeats, seatStatuses, type SeatCode } from './packed-seats.ts';

/** A validated message of the feed. */
export type SeatUpdate =
  | { readonly kind: 'snapshot'; readonly version: number; readonly seats: PackedSeats }
  | {
      readonly kind: 'changes';
      readonly fromVersion: number;
      readonly version: number;
      readonly seats: readonly (readonly [index: number, code: SeatCode])[];
    };

/**
 * Parses `data.seatUpdates`: a SeatMapSnapshot has `states`, a SeatsChanged has `fromVersion` and `seats`. Returns null for
 * anything else, including unknown seats and statuses, so that no message is applied in part.
 */
export function parseSeatUpdate(value: unknown, seatCount: number): SeatUpdate | null {
  if (!isObject(value)) return null;
  const { version, fromVersion, states, seats } = value;
  if (!isVersion(version)) return null;
  if (typeof states === 'string') {
    const packed = PackedSeats.decode(states, seatCount);
    return packed === null ? null : { kind: 'snapshot', version, seats: packed };
  }
  if (!isVersion(fromVersion) || fromVersion > version) return null;
  // A message contains each seat at most once.
  if (!Array.isArray(seats) || seats.length > seatCount) return null;
  const parsed: (readonly [number, SeatCode])[] = [];
  for (const seat of seats as readonly unknown[]) {
    if (!isObject(seat)) return null;
    const { index, status } = seat;
    const code = seatStatuses.findIndex((name) => name === status);
    if (!isVersion(index) || index >= seatCount || code < 0) return null;
    parsed.push([index, code as SeatCode]);
  }
  return { kind: 'changes', fromVersion, version, seats: parsed };
}

function isObject(value: unknown): value is SeatUpdateFields {
  return typeof value === 'object' && value !== null;
}

interface SeatUpdateFields {
  readonly version?: unknown;
  readonly fromVersion?: unknown;
  readonly states?: unknown;
  readonly seats?: unknown;
  readonly index?: unknown;
  readonly status?: unknown;
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
