import { parseTraceparent } from '../platform/request-scope.ts';

/** AVAILABLE 0, HELD 1, BOOKED 2, BLOCKED 3: the two bits of SeatStates. */
export type SeatStatusCode = 0 | 1 | 2 | 3;

/**
 * A version of an event's seats, with the batch that made it. The number alone does not identify a version: a database
 * that has lost commits gives the number to another batch. A batch ID is never used twice.
 */
export interface SeatVersion {
  readonly version: number;
  readonly batchId: string;
}

/** The changes of one committed batch to one event. `fromVersion` is always `version - 1`. */
export interface SeatsChanged extends SeatVersion {
  readonly eventId: number;
  readonly fromVersion: number;
  /** The batch that made the previous version. */
  readonly previousBatchId: string;
  /** Time of COMMIT on the clock of the database, to measure the delay of messages. Older releases do not send it. */
  readonly committedAtMs?: number;
  /** The span that committed or published the change, if it is traced. */
  readonly traceparent?: string;
  /** `[seat index, status]` after the batch, each seat once. */
  readonly seats: readonly (readonly [number, SeatStatusCode])[];
  /** Bookings whose status or seats changed. */
  readonly bookingIds: readonly string[];
}

/** Requests of an event whose outcome is committed. */
export interface RequestsSettled {
  readonly eventId: number;
  readonly requestIds: readonly string[];
}

/** An admission that an organizer has revoked. A hint: PostgreSQL says whether it is revoked. */
export interface AdmissionRevoked {
  readonly eventId: number;
  readonly buyerId: string;
}

/** The channel on which revoked admissions of all events are announced. There are few of them. */
export const REVOCATIONS_TOPIC = 'rooms:revocations';

/** The channel of an event. The braces put it and every key of the event into one Redis Cluster slot. */
export function eventTopic(eventId: number): string {
  return `event:{${eventId}}:changes`;
}

/** The channel on which an event's hold requests are reported as settled. */
export function requestsTopic(eventId: number): string {
  return `event:{${eventId}}:requestsSettled`;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Parses what Redis delivered; returns null for anything but a valid message. Other releases publish to the same
 * channels, as can anyone with access to Redis. An invalid message must neither end the process nor set seats that do
 * not exist.
 */
export function parseSeatsChanged(value: unknown): SeatsChanged | null {
  if (typeof value !== 'object' || value === null) return null;
  const {
    eventId,
    fromVersion,
    version,
    previousBatchId,
    batchId,
    committedAtMs,
    traceparent,
    seats,
    bookingIds,
  } = value as Partial<Record<keyof SeatsChanged, unknown>>;
  if (!isCount(eventId) || !isCount(fromVersion) || !isCount(version) || version <= fromVersion) return null;
  if (!isBatchId(previousBatchId) || !isBatchId(batchId)) return null;
  if (!Array.isArray(seats) || !seats.every(isSeat)) return null;
  if (!Array.isArray(bookingIds) || !bookingIds.every((id) => typeof id === 'string')) return null;
  return {
    eventId,
    fromVersion,
    version,
    previousBatchId,
    batchId,
    ...(typeof committedAtMs === 'number' && { committedAtMs }),
    // guard: foreign-traceparent
    ...(typeof traceparent === 'string' && parseTraceparent(traceparent) !== null && { traceparent }),
    seats,
    bookingIds,
  };
}

/** Parses what Redis delivered, like parseSeatsChanged. */
export function parseRequestsSettled(value: unknown): RequestsSettled | null {
  if (typeof value !== 'object' || value === null) return null;
  const { eventId, requestIds } = value as Partial<Record<keyof RequestsSettled, unknown>>;
  if (!isCount(eventId)) return null;
  if (!Array.isArray(requestIds) || !requestIds.every((id) => typeof id === 'string')) return null;
  return { eventId, requestIds };
}

/** Parses what Redis delivered, like parseSeatsChanged. */
export function parseAdmissionRevoked(value: unknown): AdmissionRevoked | null {
  if (typeof value !== 'object' || value === null) return null;
  const { eventId, buyerId } = value as Partial<Record<keyof AdmissionRevoked, unknown>>;
  if (!isCount(eventId) || typeof buyerId !== 'string' || !UUID.test(buyerId)) return null;
  return { eventId, buyerId };
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
