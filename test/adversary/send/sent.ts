/** What the server sent back to one connection of an attack. */
export interface Reply {
  /** Of HTTP, also where it refuses an upgrade; null where no response came. */
  readonly status: number | null;
  /** Of HTTP the body, of a WebSocket each message. */
  readonly texts: readonly string[];
  readonly bytes: number;
  /** False: it was still waiting when its deadline passed. */
  readonly settled: boolean;
}

/** An attack that has been carried out; its connections stay open for as long as it asks for. */
export interface Sent {
  readonly replies: readonly Reply[];
  /** Connections that the server has not closed. */
  open(): number;
  close(): Promise<void>;
}
