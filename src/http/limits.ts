const MIB = 1024 * 1024;

/** Sizes and times of requests. A request that exceeds one gets a response that names the limit. */
export const httpLimits = {
  bodyBytesMax: 256 * 1024,
  /** For organizers: a seating plan of 64 MiB, each of whose quotes is two bytes more as a string within JSON. */
  organizerBodyBytesMax: 136 * MIB,
  /** Bodies over the small limit that are taken at once, by all organizers together. */
  largeBodiesMax: 2,
  /** From the headers to the end of the body. */
  bodyTimeoutMs: 15_000,
  largeBodyTimeoutMs: 120_000,
  headersTimeoutMs: 10_000,
  /** Longer than a balancer's usual sixty seconds, so that it is never the server that closes under a request. */
  keepAliveTimeoutMs: 65_000,
  /** A check of /ready. */
  checkTimeoutMs: 1_500,
  /** How long requests under way may take to finish when the server stops. */
  stopTimeoutMs: 10_000,
} as const;
