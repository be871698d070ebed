import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Payload } from '../../fanout/payload.ts';
import { SendBuffer, type SendBufferLimits } from '../../fanout/send-buffer.ts';
import type { Consumer } from '../../fanout/subscriber.ts';
import { closeCodes, closeSocket } from './close-socket.ts';
import { writeTextFrame } from './text-frame.ts';

/** The send buffer of a WebSocket: for the frames that this server writes itself, and for those of `ws`. */
export class SocketSendBuffer extends SendBuffer {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;

  /** `stream` is the connection beneath the socket. */
  constructor(socket: WebSocket, stream: Duplex, limits: SendBufferLimits) {
    // The close frame waits behind the unread bytes. `ws` destroys the connection if it is not answered in time.
    super(stream, limits, () =>
      // guard: stuck-socket-closed
      closeSocket(socket, closeCodes.slowConsumer, 'Messages were not read in time'),
    );
    this.#socket = socket;
    this.#stream = stream;
  }

  /** Also stops reading from the socket until then: responses to further requests would only fill the buffer. */
  override onDrain(then: () => void): void {
    if (!this.isFull && this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.pause(); // guard: full-socket-not-read
      super.onDrain(() => this.#socket.resume());
    }
    super.onDrain(then);
  }

  /** Creates the consumer of one shared subscription. `id` is the ID that the client gave to the operation. */
  createConsumer(id: string): Consumer {
    // A string: a small Buffer would be a slice that keeps its pool of 64 KiB alive as long as the subscription lasts.
    const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    const headBytes = Buffer.byteLength(head);
    return {
      send: (payload) => this.#send(head, headBytes, payload),
      onDrain: (then) => this.onDrain(then),
      fail: () => closeSocket(this.#socket, closeCodes.tryAgainLater, 'Internal server error'),
    };
  }

  #send(head: string, headBytes: number, { tail }: Payload): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return true; // It is closing: the client misses nothing.
    if (!this.hasRoom(headBytes + tail.length)) return false;
    writeTextFrame(this.#stream, head, headBytes, tail);
    return true;
  }
}
