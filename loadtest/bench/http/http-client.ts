import { connect, type Socket } from 'node:net';

export interface HttpResponse {
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
}

interface Head {
  readonly status: number;
  readonly text: string;
  /** Size of the response in bytes, including the head. */
  readonly total: number;
}

/** A persistent connection for one request at a time. Parses only the subset of HTTP that the compared servers send. */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #length = 0;
  #head: Head | null = null;
  #settle: { resolve(response: HttpResponse): void; reject(error: Error): void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#append(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new HttpConnection(socket)));
      socket.once('error', reject);
    });
  }

  /** Returns the body of the response. @throws if its status is not 200. */
  async post(head: string, body: string): Promise<string> {
    const response = await this.send(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    if (response.status !== 200) throw new Error(`${response.head}\n\n${response.body.toString()}`);
    return response.body.toString();
  }

  /** Sends a complete request. */
  send(request: string): Promise<HttpResponse> {
    this.#socket.write(request);
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  close(): void {
    this.#settle = null;
    this.#socket.destroy();
  }

  #append(chunk: Buffer): void {
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

  /** Returns null until the head is complete. */
  #readHead(): Head | null {
    const all = this.#all();
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const text = all.toString('latin1', 0, end);
    const status = Number(text.slice(9, 12));
    const length = status === 304 ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) this.#fail(new Error(`a response without a length: ${text}`));
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

/** Returns a complete request without a body. */
export function getRequest(path: string, headers: Readonly<Record<string, string>>): string {
  return `${requestHead('GET', path, headers)}\r\n`;
}

function requestHead(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${lines.join('')}`;
}
