const MIB = 1024 * 1024;

/** Limits of WebSockets that are not settings. */
export const socketLimits = {
  /** The timeout of the pong is READER_STUCK_SECONDS: it waits behind everything that a slow consumer has not read. */
  pingEveryMs: 12_000,
  /** Size of a burst, in seconds of the permitted message rate. */
  messageBurstSeconds: 6,
  /** Frames of one message. */
  fragmentsMax: 64,
  /** Chunks in which an unfinished frame may arrive. */
  bufferedChunksMax: 128,
  /** From the close frame to its answer. Then the connection is destroyed. */
  closeTimeoutMs: 5_000,
  /** Maximum size of an operation's ID, which is kept while the operation runs. */
  idBytesMax: 128,
  /**
   * Maximum number of unsent bytes of one socket. The socket is closed instead of being sent another response. A client
   * that stops reading can reach it by the responses to what it requested before.
   */
  unsentBytesMax: 1 * MIB,
} as const;

/** Limits of event streams. */
export const streamLimits = {
  /** A client that reads nothing for this long is disconnected. */
  writeTimeoutMs: 30_000,
  /** Interval of comments, which keep proxies from closing an idle stream. */
  pingEveryMs: 12_000,
} as const;
