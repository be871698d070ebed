import type { SeatStatusCode } from '../../messaging/messages.ts';

/** A message to the subscribers of an event: numbered changes, or the whole map if the feed could not continue. */
export type FeedMessage = SeatSnapshot | SeatChanges;

export interface SeatSnapshot {
  readonly kind: 'snapshot';
  readonly version: number;
  readonly states: string;
}

/** The changes between two versions: each changed seat once, with its latest status. */
export interface SeatChanges {
  readonly kind: 'changes';
  readonly fromVersion: number;
  readonly version: number;
  readonly seats: readonly (readonly [number, SeatStatusCode])[];
}
