import type { Recipe } from './recipe.ts';

/** What becomes of a connection when everything has been written: the server ends it, or the client does. */
export type Ending = 'wait' | 'end' | 'reset';

/** An HTTP request, or a series of them. */
export interface HttpAttack {
  readonly kind: 'http';
  readonly label: string;
  readonly method: string;
  readonly target: Recipe;
  /** Without Content-Length, which follows from the body unless it is given here. */
  readonly headers: readonly (readonly [name: string, value: Recipe])[];
  readonly body: Recipe | null;
  /** Bytes that are written at most, the head included; then comes the ending. */
  readonly cutAt?: number;
  /** Written in so many pieces of equal size. */
  readonly pieces?: number;
  /** Default `wait`. */
  readonly ending?: Ending;
  /** Requests one after the other, whose numbers differ from each other and from those of every other trial. Default 1. */
  readonly times?: number;
}

/** One WebSocket message, or as many as `times` says. */
export interface Frames {
  readonly payload: Recipe;
  readonly times?: number;
  /** Default 1, a text frame. */
  readonly opcode?: number;
  /** Default 1. */
  readonly fragments?: number;
  /** The last fragment, or the last byte, never comes. */
  readonly unfinished?: boolean;
  /** So many TCP writes for each frame. Default 1. */
  readonly writes?: number;
  /** Reserved bits of the first byte. */
  readonly reserved?: number;
  readonly unmasked?: boolean;
  /** The next message waits for an answer to this one. */
  readonly answered?: boolean;
}

/** WebSockets that send messages. */
export interface SocketAttack {
  readonly kind: 'socket';
  readonly label: string;
  readonly sockets: number;
  /** That the sockets come from, in turn. Default 1. */
  readonly addresses?: number;
  readonly messages: readonly Frames[];
}

/** Connections that send some bytes, be they HTTP or not. */
export interface RawAttack {
  readonly kind: 'raw';
  readonly label: string;
  readonly connections: number;
  readonly bytes: Recipe;
  readonly ending: Ending;
  /** Nothing that the server sends is read. */
  readonly unread?: boolean;
}

/** Takes every place that an address has for WebSockets, makes the server close them, and ignores that it does. */
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
  /** Equal for what is one defect as far as can be told from outside. */
  readonly key: string;
  readonly what: string;
  /** How far beyond the limit: 1 at the limit. Attacks are shrunk while it stays. */
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
