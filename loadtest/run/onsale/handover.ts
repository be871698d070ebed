import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Kind } from './people.ts';
import type { Called } from './waiter.ts';

/** Time after which a virtual user without work asks again. */
const ASK_WITHIN_MS = 5_000;

/** What a virtual user did with the identity that it was given. */
export interface Visit {
  readonly person: number;
  /** Time of the first admission in milliseconds since 1970, or null if there was none. */
  readonly admittedAt: number | null;
  /** How it ended. */
  readonly end: string;
  /** Counts by operation and outcome, such as `holdSeats HOLD`. */
  readonly outcomes: Readonly<Record<string, number>>;
}

type Work = { readonly called: Called } | { readonly over: boolean };

/**
 * Gives the people whose numbers are called to the virtual users of k6, over HTTP on this machine: `POST /next` with a kind
 * waits for somebody of this kind, and `POST /done` reports the visit.
 */
export class Handover implements AsyncDisposable {
  readonly #server = http.createServer((request, response) => {
    this.#answer(request).then(
      (answer) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(answer));
      },
      (error: unknown) => {
        response.statusCode = 400;
        response.end(String(error));
      },
    );
  });
  readonly #queues = new Map<Kind, Called[]>();
  readonly #asking = new Map<Kind, Set<(work: Work) => void>>();
  #isOver = false;
  readonly called: Called[] = [];
  readonly visits: Visit[] = [];
  url = '';

  static async start(): Promise<Handover> {
    const handover = new Handover();
    handover.#server.listen(0, '127.0.0.1');
    await once(handover.#server, 'listening');
    handover.url = `http://127.0.0.1:${(handover.#server.address() as AddressInfo).port}`;
    return handover;
  }

  /** Gives somebody to the next virtual user of the kind. */
  add(called: Called): void {
    this.called.push(called);
    const [ask] = this.#asking.get(called.kind) ?? [];
    if (ask === undefined) getOrAdd(this.#queues, called.kind, () => []).push(called);
    else ask({ called });
  }

  /** Ends the virtual users when they have played their visits. */
  end(): void {
    this.#isOver = true;
    for (const asking of this.#asking.values()) for (const ask of asking) ask({ over: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: http.IncomingMessage): Promise<Work | null> {
    const body = await json(request);
    if (request.url === '/next') return this.#next((body as { kind: Kind }).kind);
    this.visits.push(body as Visit);
    return null;
  }

  #next(kind: Kind): Promise<Work> | Work {
    if (this.#isOver) return { over: true };
    const called = this.#queues.get(kind)?.shift();
    if (called !== undefined) return { called };
    const asking = getOrAdd(this.#asking, kind, () => new Set());
    return new Promise((resolve) => {
      const ask = (work: Work) => {
        clearTimeout(timer);
        asking.delete(ask);
        resolve(work);
      };
      const timer = setTimeout(() => ask({ over: false }), ASK_WITHIN_MS);
      asking.add(ask);
    });
  }
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}
