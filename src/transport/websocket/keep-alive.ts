import type { WebSocket } from 'ws';
import { closeCodes, closeSocket } from './close-socket.ts';

export interface KeepAliveLimits {
  readonly everyMs: number;
  /** From a ping to its pong. The ping waits behind all unsent bytes, megabytes of which the kernel may hold. */
  readonly pongTimeoutMs: number;
}

/** Groups of peers that are checked in turn. A timer for each socket would cost more CPU than its ping. */
const GROUPS = 12;

/**
 * Sends pings, so that proxies keep the connections open, and terminates sockets whose peer no longer answers. A slow
 * consumer cannot answer, and has a deadline of its own. Closes a socket whose message is unfinished for a whole interval,
 * because its fragments are kept in memory.
 */
export class KeepAlive {
  readonly #limits: KeepAliveLimits;
  readonly #groups = Array.from({ length: GROUPS }, () => new Set<Peer>());
  /** Index of the group that was checked last. A new peer joins it, so its first ping comes after a whole interval. */
  #last = 0;
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: KeepAliveLimits) {
    this.#limits = limits;
  }

  /** `buffer` is full if the peer is a slow consumer. The caller removes the peer when the socket has closed. */
  add(socket: WebSocket, buffer: { readonly isFull: boolean }): Peer {
    const peer = new Peer(socket, buffer);
    this.#groups[this.#last]?.add(peer);
    this.#size++;
    this.#timer ??= setInterval(() => this.#checkNext(), this.#limits.everyMs / GROUPS);
    return peer;
  }

  remove(peer: Peer): void {
    if (!this.#groups.some((group) => group.delete(peer))) return;
    if (--this.#size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #checkNext(): void {
    this.#last = (this.#last + 1) % GROUPS;
    for (const peer of this.#groups[this.#last] ?? []) peer.check(this.#limits);
  }
}

/** Internals of `ws` that show whether a message has begun and not ended. */
interface Receiving {
  readonly _receiver?: {
    readonly _bufferedBytes: number;
    readonly _fragments: readonly unknown[];
  };
}

/** The peer of a socket. */
export class Peer {
  readonly #socket: WebSocket;
  readonly #buffer: { readonly isFull: boolean };
  #unansweredMs = 0;
  #messages = 0;
  #messagesWhenUnfinished: number | null = null;

  constructor(socket: WebSocket, buffer: { readonly isFull: boolean }) {
    this.#socket = socket;
    this.#buffer = buffer;
  }

  onPong(): void {
    this.#unansweredMs = 0;
  }

  onMessage(): void {
    this.#messages++;
  }

  check({ everyMs, pongTimeoutMs }: KeepAliveLimits): void {
    const socket = this.#socket;
    if (this.#buffer.isFull) {
      this.#unansweredMs = 0;
      this.#messagesWhenUnfinished = null;
      return;
    }
    // guard: unfinished-message-timeout
    if (this.#messagesWhenUnfinished === this.#messages && isUnfinished(socket))
      return closeSocket(socket, closeCodes.messageTimeout, 'Message was not complete in time');
    this.#messagesWhenUnfinished = isUnfinished(socket) ? this.#messages : null;
    if (this.#unansweredMs >= pongTimeoutMs) return socket.terminate(); // guard: silent-peer-terminated
    // The timeout counts from the first unanswered ping.
    this.#unansweredMs += everyMs;
    if (socket.readyState === socket.OPEN) socket.ping();
  }
}

function isUnfinished(socket: WebSocket): boolean {
  const receiver = (socket as Receiving)._receiver;
  return receiver !== undefined && (receiver._bufferedBytes > 0 || receiver._fragments.length > 0);
}
