import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { withDeadline } from '../../../src/platform/deadline.ts';

/** What waits to be read beyond this is counted, and not kept. */
const KEPT_BYTES_MAX = 1024 * 1024;
const CONNECTED_WITHIN_MS = 10_000;

export interface Place {
  readonly port: number;
  /** Of the client, within 127.0.0.0/8. */
  readonly address: string;
}

/** The same port, from another of the addresses of one attack. */
export function fromAddress(place: Place, number: number): Place {
  if (number === 0) return place;
  return { ...place, address: place.address.replace(/^127\.\d+/, `127.${128 + number}`) };
}

/** A TCP connection to the server, and all that came back. */
export class Connection {
  readonly socket: Socket;
  /** Resolves when the server has ended it, or it broke. */
  readonly ended: Promise<void>;
  receivedBytes = 0;
  #chunks: Buffer[] = [];
  #onData: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.receivedBytes += chunk.length;
      if (this.received.length < KEPT_BYTES_MAX) this.#chunks.push(chunk);
      this.#onData();
    });
    this.ended = new Promise((resolve) => {
      socket.once('end', resolve);
      socket.once('close', () => resolve());
    });
    void this.ended.then(() => this.#onData());
  }

  /** Null where the server takes no connection. With `deaf` it is not closed because the server closes it. */
  static async open({ port, address }: Place, deaf = false): Promise<Connection | null> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: address, allowHalfOpen: deaf });
    socket.setNoDelay(true);
    try {
      await withDeadline(once(socket, 'connect'), CONNECTED_WITHIN_MS, 'connecting');
    } catch {
      socket.destroy();
      return null;
    }
    return new Connection(socket);
  }

  get received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  /** Takes what was received out of the way. */
  consume(bytes: number): void {
    const rest = this.received.subarray(bytes);
    this.#chunks = rest.length > 0 ? [rest] : [];
  }

  /** Resolves when the kernel has it, or the connection has ended. */
  async write(bytes: Buffer): Promise<void> {
    if (this.socket.destroyed || this.socket.writableEnded) return;
    const written = new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
    await Promise.race([written, this.ended]);
  }

  /** In pieces of equal size, each a TCP segment of its own as far as the kernel agrees. */
  async writeInPieces(bytes: Buffer, pieces: number): Promise<void> {
    const size = Math.max(1, Math.ceil(bytes.length / pieces));
    for (let at = 0; at < bytes.length && !this.socket.destroyed; at += size)
      await this.write(bytes.subarray(at, at + size));
  }

  /** True as soon as `condition` holds; false where the connection ends before, or the time is over. */
  async until(condition: () => boolean, withinMs: number): Promise<boolean> {
    if (condition()) return true;
    const found = new Promise<boolean>((resolve) => {
      this.#onData = () => condition() && resolve(true);
    });
    const ended = this.ended.then(() => condition());
    try {
      return await withDeadline(Promise.race([found, ended]), withinMs, 'what the server sends');
    } catch {
      return false;
    } finally {
      this.#onData = () => undefined;
    }
  }

  /** False: it has not ended in time. */
  async endedWithin(ms: number): Promise<boolean> {
    try {
      await withDeadline(this.ended, ms, 'the end of a connection');
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }
}
