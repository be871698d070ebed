import type { Recipe } from './recipe.ts';

/** Who ends a connection after everything was written: the server (`wait`) or the client. */
export type Ending = 'wait' | 'end' | 'reset';

/** An HTTP request, or a series of them. */
export interface HttpAttack {
  readonly kind: 'http';
  readonly label: string;
  readonly method: string;
  readonly target: Recipe;
  /** Headers. Content-Length follows from the body unless it is given here. */
  readonly headers: readonly (readonly [name: string, value: Recipe])[];
  readonly body: Recipe | null;
  /** Maximum number of bytes to write, including the head, before the ending. */
  readonly cutAt?: number;
  /** Number of equal pieces to write. */
  readonly pieces?: number;
  /** Default: `wait`. */
  readonly ending?: Ending;
  /**
   * Number of consecutive requests. Their numbers differ from each other and from those of every other trial. Default:
   * 1.
   */
  readonly times?: number;
}

/** One WebSocket message, or `times` messages. */
export interface Frames {
  readonly payload: Recipe;
  readonly times?: number;
  /** Default: 1, a text frame. */
  readonly opcode?: number;
  /** Default: 1. */
  readonly fragments?: number;
  /** Omits the last fragment, or the last byte. */
  readonly unfinished?: boolean;
  /** Number of TCP writes per frame. Default: 1. */
  readonly writes?: number;
  /** Reserved bits of the first byte. */
  readonly reserved?: number;
  readonly unmasked?: boolean;
  /** Waits for a response to this message before the next one. */
  readonly answered?: boolean;
}

/** WebSockets that send messages. */
export interface SocketAttack {
  readonly kind: 'socket';
  readonly label: string;
  readonly sockets: number;
  /** Number of addresses that the sockets come from, in turn. Default: 1. */
  readonly addresses?: number;
  readonly messages: readonly Frames[];
}

/** Connections that send arbitrary bytes, HTTP or not. */
export interface RawAttack {
  readonly kind: 'raw';
  readonly label: string;
  readonly connections: number;
  readonly bytes: Recipe;
  readonly ending: Ending;
  /** Reads nothing that the server sends. */
  readonly unread?: boolean;
}

/** Takes all WebSocket slots of an address, makes the server close them, and ignores the close. */
export interface DeafAttack {
  readonly kind: 'deaf';
  readonly label: string;
  readonly sockets: number;
  readonly message: Frames;
}

export type Attack = HttpAttack | SocketAttack | RawAttack | DeafAttack;

/** A property that an attack broke. */
export interface Finding {
  readonly property: Property;
  /** Equal for findings of one bug, as far as an observer can tell. */
  readonly key: string;
  readonly what: string;
  /** How far beyond the limit; 1 is at the limit. Shrinking preserves it. */
  readonly severity: number;
}

export type Property =
  | 'the process survives'
  | 'event loop turns are short'
  | 'connection memory is bounded'
  | 'memory is released'
  | 'every request is answered'
  | 'client errors are not server errors'
  | 'responses are small'
  | 'client errors are not logged as errors'
  | 'connections per address are bounded'
  | 'closed connections free their slot'
  | 'honest clients are served';
