import type { Key } from './model.ts';

export interface HoldCommand {
  readonly kind: 'hold';
  readonly bookingId: string;
  readonly buyerId: string;
  /** The seats that the caller named; empty if the server chooses. */
  readonly named: readonly number[];
  /** Number of requested seats. */
  readonly quantity: number;
  /** The seats that the server chose, taken if `named` is empty or not free; null if it has not chosen. */
  readonly chosen: readonly number[] | null;
  readonly key: Key | null;
  /** True if the buyer has a valid admission; absent: no. It counts only while the event's waiting room is on. */
  readonly isAdmitted?: boolean;
  /** The queued request that this hold is for; absent for a direct hold. */
  readonly request?: RequestOfHold;
}

export interface RequestOfHold {
  readonly requestId: string;
  /** Time from which the request is no longer decided. */
  readonly expiresAtMs: number;
  /** True if the server may choose other seats when the named ones are taken. */
  readonly mayChoose: boolean;
}

export interface ConfirmCommand {
  readonly kind: 'confirm';
  readonly bookingId: string;
  readonly buyerId: string;
  readonly key: Key | null;
}

export interface ReleaseCommand {
  readonly kind: 'release';
  readonly bookingId: string;
  readonly buyerId: string;
}

/** Extends a hold's deadline, once. */
export interface ExtendCommand {
  readonly kind: 'extend';
  readonly bookingId: string;
  readonly buyerId: string;
}

/** Replaces a hold's seats; its deadline stays. */
export interface ChangeCommand {
  readonly kind: 'change';
  readonly bookingId: string;
  readonly buyerId: string;
  readonly seats: readonly number[];
  /** As of a hold. */
  readonly isAdmitted?: boolean;
}

/** Cancels a confirmed booking, for its buyer if the event allows it, or for the event's organizer. */
export interface CancelCommand {
  readonly kind: 'cancel';
  readonly bookingId: string;
  readonly callerId: string;
}

/** Expires a hold that can be taken over. */
export interface ExpireCommand {
  readonly kind: 'expire';
  readonly bookingId: string;
}

/** Takes seats off sale (`block`), or puts them back on sale (`unblock`), for the event's organizer. */
export interface BlockCommand {
  readonly kind: 'block' | 'unblock';
  readonly organizerId: string;
  readonly seats: readonly number[];
}

export type Command =
  | HoldCommand
  | ConfirmCommand
  | ReleaseCommand
  | ExtendCommand
  | ChangeCommand
  | CancelCommand
  | ExpireCommand
  | BlockCommand;
