import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { withTimeout } from '../../../src/platform/with-timeout.ts';

/** Unread data beyond this is counted but not stored. */
const KEPT_BYTES_MAX = 1024 * 1024;
const CONNECTED_WITHIN_MS = 10_000;

export interface Place {
  readonly port: number;
  /** The client's address, within 127.0.0.0/8. */
  readonly address: string;
}

/** Returns the same port, from another address of the attack. */
export function fromAddress(place: Place, number: number): Place {
  if (number === 0) return place;
  return { ...place, address: place.address.replace(/^127\.\d+/, `127.${128 + number}`) };
}

/** A TCP connection to the server, and everything that it received. */
export class Connection {
  readonly socket: Socket;
  /** Resolves when the server has ended the connection, or it broke. */
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

  /**
   * Returns null if the server accepts no connection. With `deaf`, the client does not close it when the server does.
   */
  static async open({ port, address }: Place, deaf = false): Promise<Connection | null> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: address, allowHalfOpen: deaf });
    socket.setNoDelay(true);
    try {
      await withTimeout(once(socket, 'connect'), CONNECTED_WITHIN_MS, 'connecting');
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

  /** Discards received bytes. */
  consume(bytes: number): void {
    const rest = this.received.subarray(bytes);
    this.#chunks = rest.length > 0 ? [rest] : [];
  }

  /** Resolves when the kernel has taken the bytes, or the connection has ended. */
  async write(bytes: Buffer): Promise<void> {
    if (this.socket.destroyed || this.socket.writableEnded) return;
    const written = new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
    await Promise.race([written, this.ended]);
  }

  /** Writes equal pieces, each in its own TCP segment as far as the kernel allows. */
  async writeInPieces(bytes: Buffer, pieces: number): Promise<void> {
    const size = Math.max(1, Math.ceil(bytes.length / pieces));
    for (let at = 0; at < bytes.length && !this.socket.destroyed; at += size)
      await this.write(bytes.subarray(at, at + size));
  }

  /** Returns true as soon as `condition` holds; false if the connection ends or the time runs out first. */
  async until(condition: () => boolean, withinMs: number): Promise<boolean> {
    if (condition()) return true;
    const found = new Promise<boolean>((resolve) => {
      this.#onData = () => condition() && resolve(true);
    });
    const ended = this.ended.then(() => condition());
    try {
      return await withTimeout(Promise.race([found, ended]), withinMs, 'what the server sends');
    } catch {
      return false;
    } finally {
      this.#onData = () => undefined;
    }
  }

  /** Returns false if it did not end in time. */
  async endedWithin(ms: number): Promise<boolean> {
    try {
      await withTimeout(this.ended, ms, 'the end of a connection');
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
