import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { withCleanErrors } from '../../graphql/engine/clean-errors.ts';
import { streamLimits } from '../limits.ts';
import { Outlet, type OutletLimits } from '../../fanout/send-buffer.ts';
import type { Reader } from '../../fanout/subscriber.ts';

const comment = Buffer.from(':\n\n');

/** A response as a stream of events: the head, a comment now and then, and the results of one operation. */
export class EventStream {
  /** Takes messages that many subscribers share. */
  readonly reader: Reader;
  readonly #res: ServerResponse;
  readonly #outlet: Outlet;

  constructor(res: ServerResponse, limits: OutletLimits) {
    this.#res = res;
    const outlet = (this.#outlet = new Outlet(res, limits, () => res.destroy()));
    this.reader = {
      send: ({ event }) => {
        if (this.#isOver) return true; // Nobody is left to miss it.
        if (!outlet.hasRoom(event.length)) return false;
        res.write(event);
        return true;
      },
      drained: (then) => outlet.drained(then),
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
      // Proxies must not collect what should arrive at once.
      'x-accel-buffering': 'no',
    });
    // Some browsers report the head only when something follows it.
    this.#res.write(comment);
    const timer = setInterval(() => {
      if (!this.#res.writableEnded && this.#outlet.hasRoom(comment.length)) this.#res.write(comment);
    }, streamLimits.pingEveryMs);
    this.#res.once('close', () => clearInterval(timer));
  }

  /** Sends one result, and waits until the client has taken enough for the next. */
  async next(result: ExecutionResult): Promise<void> {
    if (this.#isOver) return;
    const data = JSON.stringify(withCleanErrors(result) ?? result);
    if (!this.#res.write(`event: next\ndata: ${data}\n\n`)) await drained(this.#res);
  }

  complete(): void {
    if (!this.#isOver) this.#res.end('event: complete\ndata:\n\n');
  }
}

async function drained(res: ServerResponse): Promise<void> {
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
