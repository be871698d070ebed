import type { ServerResponse } from 'node:http';
import { sharedLimits } from '../limits.ts';
import { Outlet, type OutletLimits } from '../shared/outlet.ts';
import type { Reader } from '../shared/subscriber.ts';

const comment = Buffer.from(':\n\n');

/** A stream of events: the head, a comment now and then, and the messages of one subscription. */
export class EventStream {
  readonly reader: Reader;
  readonly #res: ServerResponse;
  readonly #outlet: Outlet;

  constructor(res: ServerResponse, limits: OutletLimits) {
    this.#res = res;
    const outlet = (this.#outlet = new Outlet(res, limits, () => res.destroy()));
    this.reader = {
      send: ({ event }) => {
        if (res.destroyed || res.writableEnded) return true; // It is ending: there is nobody to miss it.
        if (!outlet.hasRoom(event.length)) return false;
        res.write(event);
        return true;
      },
      drained: (then) => outlet.drained(then),
      fail: () => res.destroy(),
    };
  }

  open(): void {
    this.#res.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      // Proxies must not collect what should arrive at once.
      'x-accel-buffering': 'no',
    });
    // Some browsers tell of the head only when something follows it.
    this.#res.write(comment);
    const timer = setInterval(() => {
      if (!this.#res.writableEnded && this.#outlet.hasRoom(comment.length)) this.#res.write(comment);
    }, sharedLimits.streamPingMs);
    this.#res.once('close', () => clearInterval(timer));
  }
}
