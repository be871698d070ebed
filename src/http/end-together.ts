import type { ServerResponse } from 'node:http';
import { runInRequest } from '../platform/request-scope.ts';

interface Ready {
  readonly res: ServerResponse;
  readonly body: string | Buffer;
}

/** Number of responses that wait at most. */
const WAITING_MAX = 32;
/** Time for which a response waits while others become ready, so that a long turn delays none of them for long. */
const WAITING_MS_MAX = 2;

let waiting: Ready[] = [];
/** When the first of them was ready. */
let waitingSince = 0;

/**
 * Ends a response whose head has been written, at the end of the turn of the event loop, together with others that were ready
 * in it. A write to a process that sleeps must wake it, which costs more than the write. While it reads the first response,
 * it stays awake for the others.
 */
export function endTogether(res: ServerResponse, body: string | Buffer): void {
  const now = performance.now();
  if (waiting.length === 0) {
    waitingSince = now;
    setImmediate(endWaiting);
  }
  waiting.push({ res, body });
  if (waiting.length === WAITING_MAX) endWaiting(); // guard: responses-waiting
  if (now - waitingSince > WAITING_MS_MAX) endWaiting(); // guard: long-turn-delays-none
}

function endWaiting(): void {
  const ready = waiting;
  waiting = [];
  // The current request is only one of those that are answered here. Lines about the others must not have its IDs.
  // guard: answers-in-no-request
  runInRequest(undefined, () => {
    for (const { res, body } of ready) res.end(body);
  });
}
