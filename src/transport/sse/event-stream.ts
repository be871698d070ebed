import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { SendBuffer, type SendBufferLimits } from '../../fanout/send-buffer.ts';
import type { Consumer } from '../../fanout/subscriber.ts';
import { withFormattedErrors } from '../../graphql/engine/errors/response-errors.ts';
import { streamLimits } from '../limits.ts';

const comment = Buffer.from(':\n\n');

/** A response of server-sent events: the results of one operation, and comments that keep the connection open. */
export class EventStream {
  /** Accepts the messages of shared subscriptions. */
  readonly consumer: Consumer;
  readonly #res: ServerResponse;
  readonly #buffer: SendBuffer;

  constructor(res: ServerResponse, limits: SendBufferLimits) {
    this.#res = res;
    const buffer = (this.#buffer = new SendBuffer(res, limits, () => res.destroy()));
    this.consumer = {
      send: ({ event }) => {
        if (this.#isOver) return true; // The client has left and misses nothing.
        if (!buffer.hasRoom(event.length)) return false;
        res.write(event);
        return true;
      },
      onDrain: (then) => buffer.onDrain(then),
      fail: () => res.destroy(),
    };
  }

  get #isOver(): boolean {
    return this.#res.destroyed || this.#res.writableEnded;
  }

  open(): void {
    this.#res.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      // Prevents proxies from buffering events.
      'x-accel-buffering': 'no',
    });
    // Some browsers report the headers only when the body begins.
    this.#res.write(comment);
    const timer = setInterval(() => {
      if (!this.#res.writableEnded && this.#buffer.hasRoom(comment.length)) this.#res.write(comment);
    }, streamLimits.pingEveryMs);
    this.#res.once('close', () => clearInterval(timer));
  }

  /** Sends one result. Resolves when the client has read enough for the next one. */
  async next(result: ExecutionResult): Promise<void> {
    if (this.#isOver) return;
    const data = JSON.stringify(withFormattedErrors(result) ?? result);
    if (!this.#res.write(`event: next\ndata: ${data}\n\n`)) await waitForDrain(this.#res);
  }

  complete(): void {
    if (!this.#isOver) this.#res.end('event: complete\ndata:\n\n');
  }
}

async function waitForDrain(res: ServerResponse): Promise<void> {
  if (res.destroyed) return;
  const over = new AbortController();
  const timer = setTimeout(() => res.destroy(), streamLimits.writeTimeoutMs);
  try {
    await Promise.race([
      once(res, 'drain', { signal: over.signal }),
      once(res, 'close', { signal: over.signal }),
    ]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
