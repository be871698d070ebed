/** What the server sent to one connection of an attack. */
export interface Reply {
  /** HTTP status, also of a refused upgrade; null without a response. */
  readonly status: number | null;
  /** The body of an HTTP response, or the messages of a WebSocket. */
  readonly texts: readonly string[];
  readonly bytes: number;
  /** False if it still waited at its deadline. */
  readonly settled: boolean;
}

/** An attack that was carried out. Its connections stay open for as long as it wants. */
export interface Sent {
  readonly replies: readonly Reply[];
  /** Number of connections that the server has not closed. */
  open(): number;
  close(): Promise<void>;
}
