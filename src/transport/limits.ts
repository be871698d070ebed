const MIB = 1024 * 1024;

/** Limits of WebSockets that are not settings. */
export const socketLimits = {
  /** The answer may take as long as what waits for a slow reader may: READER_STUCK_SECONDS. */
  pingEveryMs: 12_000,
  /** Seconds' worth of messages that may come at once. */
  messageBurstSeconds: 6,
  /** Frames of one message. */
  fragmentsMax: 64,
  /** Pieces in which the kernel hands over an unfinished frame. */
  bufferedChunksMax: 128,
  /** From a close frame to its answer; then the connection is cut. */
  closeTimeoutMs: 5_000,
  /** Maximum size of an operation's id, which is kept while the operation runs. */
  idBytesMax: 128,
  /**
   * Unsent bytes of one socket at which it is closed instead of sent another answer. Those to what it had asked for
   * before it was read no more can be this many.
   */
  unsentBytesMax: 1 * MIB,
} as const;

/** Limits of event streams. */
export const streamLimits = {
  /** A client that reads nothing for this long is disconnected. */
  writeTimeoutMs: 30_000,
  /** A comment is sent this often, so that proxies do not close an idle stream. */
  pingEveryMs: 12_000,
} as const;
