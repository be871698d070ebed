import type { Frames } from '../attack.ts';
import { Connection, type Place } from './connection.ts';
import { decodeFrame, encodeFrame, encodeMessage } from './frames.ts';
import { parseReply } from './send-http.ts';
import type { Reply } from './sent.ts';

const OPENED_WITHIN_MS = 10_000;
const PONG_WITHIN_MS = 10_000;
const ANSWERED_WITHIN_MS = 2_000;
const TEXT = 1;
const CLOSE = 8;
const PING = 0x89;
const PONG = 10;

const UPGRADE = [
  'GET /graphql HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
  '',
  '',
].join('\r\n');

/** A WebSocket without the good behavior of a library. */
export class AttackSocket {
  readonly connection: Connection;
  readonly status: number | null;
  readonly texts: string[] = [];
  closing = false;
  #pongs = 0;

  private constructor(connection: Connection, status: number | null) {
    this.connection = connection;
    this.status = status;
  }

  static async open(place: Place, deaf = false): Promise<AttackSocket | null> {
    const connection = await Connection.open(place, deaf);
    if (connection === null) return null;
    await connection.write(Buffer.from(UPGRADE));
    await connection.until(() => connection.received.includes('\r\n\r\n'), OPENED_WITHIN_MS);
    const { status } = parseReply(connection.received);
    connection.consume(connection.received.indexOf('\r\n\r\n') + 4);
    return new AttackSocket(connection, status);
  }

  get isOpen(): boolean {
    return this.status === 101;
  }

  async send(frames: Frames): Promise<void> {
    const { times = 1, writes = 1 } = frames;
    const before = this.texts.length;
    for (let i = 0; i < times && !this.closing && !this.connection.socket.destroyed; i++) {
      const encoded = encodeMessage(frames, i);
      // One write for each of many small fragments would only test this machine's system calls.
      if (writes === 1) await this.connection.write(Buffer.concat(encoded));
      else for (const frame of encoded) await this.connection.writeInPieces(frame, writes);
      this.#read();
    }
    if (frames.answered === true) await this.#answered(before);
  }

  /** Resolves when the server has processed everything that was sent, or closes the socket. */
  async taken(): Promise<void> {
    const before = this.#pongs;
    await this.connection.write(encodeFrame(PING, Buffer.from('taken'), true));
    await this.connection.until(() => {
      this.#read();
      return this.#pongs > before || this.closing;
    }, PONG_WITHIN_MS);
  }

  async #answered(before: number): Promise<void> {
    await this.connection.until(() => {
      this.#read();
      return this.texts.length > before || this.closing;
    }, ANSWERED_WITHIN_MS);
  }

  reply(settled = true): Reply {
    this.#read();
    return { status: this.status, texts: this.texts, bytes: this.connection.receivedBytes, settled };
  }

  #read(): void {
    for (;;) {
      const frame = decodeFrame(this.connection.received);
      if (frame === null) return;
      if (frame.opcode === TEXT) this.texts.push(frame.payload.toString('utf8'));
      if (frame.opcode === PONG) this.#pongs++;
      if (frame.opcode === CLOSE) this.closing = true;
      this.connection.consume(frame.bytes);
    }
  }
}
