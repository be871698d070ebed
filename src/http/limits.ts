import { SEATS_PER_MESSAGE_MAX } from '../seating/live/seat-updates.ts';

const MIB = 1024 * 1024;

/** What the server takes and how long it waits. Whatever goes beyond gets an answer that says so. */
export const httpLimits = {
  bodyBytesMax: 256 * 1024,
  /** For organizers: a seating plan of 64 MiB, each of whose quotes is two bytes more as a string within JSON. */
  organizerBodyBytesMax: 136 * MIB,
  /** The JSON of a request. Each of its values is walked several times before it is refused or used. */
  json: { depthMax: 32, valuesMax: 20_000 },
  /** Bodies over the small limit that are taken at once, by all organizers together. */
  largeBodiesMax: 2,
  /** From the headers to the end of the body. */
  bodyTimeoutMs: 15_000,
  largeBodyTimeoutMs: 120_000,
  headersTimeoutMs: 10_000,
  /** Longer than a balancer's usual sixty seconds, so that it is never the server that closes under a request. */
  keepAliveTimeoutMs: 65_000,
  /** From the end of the body to the answer. Batches give up earlier, and say what became of them. */
  answerTimeoutMs: 30_000,
  /** A reader of a stream that takes nothing for this long is gone. */
  writeTimeoutMs: 30_000,
  /** A check of /ready. */
  checkTimeoutMs: 1_500,
  /** How long requests under way may take to finish when the server stops. */
  stopTimeoutMs: 10_000,
} as const;

/** Errors of one response. */
export const errorLimits = {
  errorsMax: 20,
  /** Mistakes in the variables; GraphQL gives up after so many. */
  variableErrorsMax: 5,
  messageCharactersMax: 300,
  /** All of them together. */
  charactersMax: 64 * 1024,
} as const;

/** Estimated memory that is kept for clients while their operations run. The larger limits are settings. */
export const keptLimits = {
  /** One subscription with its document. It lasts as long as the client likes. */
  subscriptionBytesMax: 160 * 1024,
  /** All operations of one socket. */
  socketBytesMax: 2 * MIB,
  /** A WebSocket without operations: measured, with its connection. */
  socketBytes: 20 * 1024,
  /** A subscription without its document and variables: measured, with its context, iterators and promises. */
  subscriptionBytes: 13 * 1024,
  /** A query or mutation without its document and variables. */
  operationBytes: 4 * 1024,
  /** Smaller responses are not worth counting: the kernel takes them at once. */
  responseBytesUncounted: 16 * 1024,
  /** A token of a parsed document: measured, with the nodes that stand on it. */
  bytesPerToken: 320,
} as const;

/** Those of WebSockets that are not settings. */
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

/** Messages that many subscribers share. */
export const sharedLimits = {
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
  /** Event streams get a comment this often, so that no proxy takes them for dead. */
  streamPingMs: 12_000,
} as const;

/** Parsed documents that are kept. */
export const documentCacheLimits = {
  entriesMax: 1_000,
  /** Estimated memory of all of them. */
  bytesMax: 32 * MIB,
} as const;
