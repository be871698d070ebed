import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
}

interface Head {
  readonly status: number;
  readonly text: string;
  /** Bytes of the answer, head included. */
  readonly total: number;
}

/** A connection that is kept, with one request under way at a time. Reads no more of HTTP than its own servers write. */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #length = 0;
  #head: Head | null = null;
  #settle: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new HttpConnection(socket)));
      socket.once('error', reject);
    });
  }

  /** The body of the answer. @throws where its status is not 200. */
  async post(head: string, body: string): Promise<string> {
    const answer = await this.send(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    if (answer.status !== 200) throw new Error(`${answer.head}\n\n${answer.body.toString()}`);
    return answer.body.toString();
  }

  /** Sends a whole request. */
  send(request: string): Promise<HttpAnswer> {
    this.#socket.write(request);
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  close(): void {
    this.#settle = null;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#length += chunk.length;
    this.#head ??= this.#readHead();
    if (this.#head === null || this.#length < this.#head.total) return;
    const { status, text, total } = this.#head;
    const body = this.#all().subarray(text.length + 4, total);
    this.#received = [];
    this.#length = 0;
    this.#head = null;
    const settle = this.#settle;
    this.#settle = null;
    settle?.resolve({ status, head: text, body });
  }

  /** Null until all of it is there. */
  #readHead(): Head | null {
    const all = this.#all();
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const text = all.toString('latin1', 0, end);
    const status = Number(text.slice(9, 12));
    const length = status === 304 ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) this.#fail(new Error(`an answer without a length: ${text}`));
    return { status, text, total: end + 4 + length };
  }

  #all(): Buffer {
    const [first = Buffer.alloc(0)] = this.#received;
    if (this.#received.length <= 1) return first;
    const all = Buffer.concat(this.#received, this.#length);
    this.#received = [all];
    return all;
  }

  #fail(error: Error): void {
    this.#settle?.reject(error);
    this.#settle = null;
  }
}

export function postHead(path: string, headers: Readonly<Record<string, string>>): string {
  return requestHead('POST', path, headers);
}

/** A whole request, for it has no body. */
export function getRequest(path: string, headers: Readonly<Record<string, string>>): string {
  return `${requestHead('GET', path, headers)}\r\n`;
}

function requestHead(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${lines.join('')}`;
}
