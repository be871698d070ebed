import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { Outlet, type OutletLimits } from '../../fanout/send-buffer.ts';
import type { Payload } from '../../fanout/payload.ts';
import type { Reader } from '../../fanout/subscriber.ts';
import { closeCodes, closeSocket } from './close-socket.ts';
import { writeTextFrame } from './text-frame.ts';

/** A WebSocket's way out, for what this server writes itself and for what `ws` writes. */
export class SocketOutlet extends Outlet {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;

  /** `stream` is the connection beneath the socket. */
  constructor(socket: WebSocket, stream: Duplex, limits: OutletLimits) {
    // The close frame waits behind what is not read; `ws` ends the connection if it is not answered within 30 s.
    super(stream, limits, () =>
      // guard: stuck-socket-closed
      closeSocket(socket, closeCodes.readerTooSlow, 'Messages were not read in time'),
    );
    this.#socket = socket;
    this.#stream = stream;
  }

  /** Also pauses reading until then: further requests would only add responses to the buffer. */
  override drained(then: () => void): void {
    if (!this.clogged && this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.pause(); // guard: full-socket-not-read
      super.drained(() => this.#socket.resume());
    }
    super.drained(then);
  }

  /** Takes the messages of one subscription. */
  readerOf(id: string): Reader {
    // No buffer: a small one is a slice of 64 KiB, all of which it would keep for as long as the subscription lasts.
    const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    const headBytes = Buffer.byteLength(head);
    return {
      send: (payload) => this.#send(head, headBytes, payload),
      drained: (then) => this.drained(then),
      fail: () => closeSocket(this.#socket, closeCodes.tryAgainLater, 'Internal server error'),
    };
  }

  #send(head: string, headBytes: number, { tail }: Payload): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return true; // It is closing: there is nobody to miss it.
    if (!this.hasRoom(headBytes + tail.length)) return false;
    writeTextFrame(this.#stream, head, headBytes, tail);
    return true;
  }
}
