import { SEATS_PER_MESSAGE_MAX } from '../seating/live/seat-updates.ts';

const MIB = 1024 * 1024;

export const fanoutLimits = {
  /** Messages of an event that are kept for subscribers that are behind. Those further behind get a snapshot. */
  replayMessagesMax: 64,
  /** Seats in all messages of the replay buffer. */
  replaySeatsMax: 20_000,
  /** A message with more seats is sent as a snapshot. */
  seatsPerMessageMax: SEATS_PER_MESSAGE_MAX,
  /** Maximum total size of cached payloads, in characters. The frames made from them take as much again. */
  payloadCharactersMax: 32 * MIB,
  /** Concurrent reads from the change record for one event. Further resumes get a snapshot, which is in memory. */
  resumesMax: 32,
  /** Maximum number of such reads that are cached until the next message. */
  resumesCachedMax: 64,
  /** A broadcast yields to the event loop after this long. */
  sliceMs: 8,
} as const;
