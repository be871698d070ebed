import type { FeedMessage } from '../seating/live/live-feed.ts';
import type { SeatSource } from '../seating/live/seat-updates.ts';
import type { Payload } from './payload.ts';

/** Where a subscriber's messages go: a socket, or an event stream. */
export interface Reader {
  /** False: it has more unsent than it may, and has not taken this. */
  send(payload: Payload): boolean;
  /** Calls back, once, when what was unsent has gone. */
  drained(then: () => void): void;
  /** Closes the connection after a server error; the client may reconnect. */
  fail(): void;
}

/** The messages of one operation, each executed and serialised once. */
export interface SharedGroup {
  readonly key: string;
  payloadOf(message: FeedMessage): Payload;
  members: number;
}

export interface Subscriber {
  readonly group: SharedGroup;
  readonly source: SeatSource;
  readonly reader: Reader;
  /**
   * `starting`: its first message, or a snapshot, is due. `resuming`: its changes are being read. `live`: it has all
   * messages up to `at`. `clogged`: it does not read.
   */
  state: 'starting' | 'resuming' | 'live' | 'clogged' | 'gone';
  /** Starting: the message that it must begin with or after. Live: the last message that it was sent. */
  at: number;
  /** Whether `source.afterVersion` is still to be tried. */
  resumes: boolean;
}
