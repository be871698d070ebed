import type { Duplex, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Payload } from '../../fanout/payload.ts';
import { SendBuffer, type SendBufferLimits } from '../../fanout/send-buffer.ts';
import type { Consumer } from '../../fanout/subscriber.ts';
import { closeCodes, closeSocket } from './close-socket.ts';

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
    return new SocketConsumer(this, id);
  }

  /** Writes a message that begins with a head of `headBytes` in UTF-8. Returns false if there is no room. */
  write(head: string, headBytes: number, payload: Payload): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return true; // It is closing: the client misses nothing.
    if (!this.hasRoom(headBytes + payload.tailBytes)) return false;
    writeTextFrame(this.#stream, head, headBytes, payload);
    return true;
  }

  fail(): void {
    closeSocket(this.#socket, closeCodes.tryAgainLater, 'Internal server error');
  }
}

class SocketConsumer implements Consumer {
  readonly #buffer: SocketSendBuffer;
  /** A string: a small Buffer would be a slice that keeps its pool of 64 KiB alive as long as the subscription lasts. */
  readonly #head: string;
  readonly #headBytes: number;

  constructor(buffer: SocketSendBuffer, id: string) {
    this.#buffer = buffer;
    this.#head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    this.#headBytes = Buffer.byteLength(this.#head);
  }

  send(payload: Payload): boolean {
    return this.#buffer.write(this.#head, this.#headBytes, payload);
  }

  onDrain(then: () => void): void {
    this.#buffer.onDrain(then);
  }

  fail(): void {
    this.#buffer.fail();
  }
}

/** The FIN bit, and the opcode of a text message (RFC 6455, 5.2). */
const TEXT = 0x81;
/**
 * Maximum size of a frame that is written as one string. Up to 16 KiB, Node.js encodes a string on the stack, and copies only
 * what the socket does not take at once. A string that waits shares its parts with those of other sockets.
 */
const STRING_BYTES_MAX = 16_000;

type Tail = Pick<Payload, 'tail' | 'tailText' | 'tailBytes'>;

/** Writes an unmasked text frame: a head of `headBytes` in UTF-8, and a tail that many messages share. */
export function writeTextFrame(
  stream: Writable,
  head: string,
  headBytes: number,
  { tail, tailText, tailBytes }: Tail,
): void {
  const length = headBytes + tailBytes;
  const header = formatHeader(length);
  const isAscii = headBytes === head.length && tailBytes === tailText.length; // guard: text-frame-ascii
  if (isAscii && length <= STRING_BYTES_MAX) {
    // In Latin-1, characters of ASCII and the bytes of a header are one byte each.
    stream.write(`${header}${head}${tailText}`, 'latin1');
    return;
  }
  stream.cork();
  stream.write(header, 'latin1');
  stream.write(head);
  stream.write(tail);
  stream.uncork();
}

/** Returns the header, with a character for each byte. A string cannot be so long that its length needs more than four. */
function formatHeader(length: number): string {
  if (length < 126) return String.fromCharCode(TEXT, length);
  const [third, last] = [(length >>> 8) & 0xff, length & 0xff];
  if (length < 65_536) return String.fromCharCode(TEXT, 126, third, last);
  return String.fromCharCode(TEXT, 127, 0, 0, 0, 0, length >>> 24, (length >>> 16) & 0xff, third, last);
}
