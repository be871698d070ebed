import { SEATS_PER_MESSAGE_MAX } from '../seating/live/seat-updates.ts';

const MIB = 1024 * 1024;

/** Messages that many subscribers share. */
export const fanoutLimits = {
  /** Messages that a subscriber may be behind while others are served; with more it gets a snapshot. */
  recentMessagesMax: 64,
  /** In all of them together. */
  recentSeatsMax: 20_000,
  /** A message with more seats is sent as a snapshot, as a resume is. */
  seatsPerMessageMax: SEATS_PER_MESSAGE_MAX,
  /** Maximum total size of the rendered messages that are kept. The frames made from them take as much again. */
  renderedCharactersMax: 32 * MIB,
  /** Reads from the change record for one event at once; further resumes get a snapshot, which is in memory. */
  resumesMax: 32,
  /** Maximum number of such reads that are cached until the next message. */
  resumesKeptMax: 64,
  /** Writing to subscribers pauses after this long, so that other work gets its turn. */
  sliceMs: 8,
} as const;
