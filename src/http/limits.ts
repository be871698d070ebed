const MIB = 1024 * 1024;

/** Sizes and times of requests. The response to a request that exceeds one names the limit. */
export const httpLimits = {
  bodyBytesMax: 256 * 1024,
  /** For an import of 64 MiB, sent as a string within JSON: that doubles the size of quotes. */
  largeBodyBytesMax: 136 * MIB,
  /** Large bodies that are read at the same time. */
  largeBodiesMax: 2,
  /** From the headers to the end of the body. */
  bodyTimeoutMs: 15_000,
  largeBodyTimeoutMs: 120_000,
  headersTimeoutMs: 10_000,
  /** Longer than the usual 60 seconds of load balancers, so that the server never closes a connection during a request. */
  keepAliveTimeoutMs: 65_000,
  /** Timeout of a check for /ready, or of a read for a page. */
  checkTimeoutMs: 1_500,
  /** Time for requests in progress to finish when the server stops. */
  stopTimeoutMs: 10_000,
} as const;
