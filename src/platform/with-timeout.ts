import type { Logger } from './observability/logger.ts';
import { currentRequestId } from './request-scope.ts';

export class TimeoutError extends Error {
  constructor(what: string, ms: number) {
    super(`${what} took longer than ${ms} ms`);
    this.name = 'TimeoutError';
  }
}

/** Handling of work that settles after its timeout. Without it, the outcome is dropped. */
export interface AfterTimeout<T> {
  /** Receives the result, for example to close what the work has opened. */
  readonly onResult?: ((value: T) => void) | undefined;
  /** Logs the failure, with the ID of the current request. */
  readonly logger?: Logger;
}

/**
 * Waits for `work` for at most `ms`. The work itself continues after the timeout.
 *
 * @param timeout the name of the work, for a TimeoutError; or a function that returns another error.
 * @throws {TimeoutError} or the error that `timeout` returns.
 */
export async function withTimeout<T>(
  work: PromiseLike<T> | T,
  ms: number,
  timeout: string | (() => Error),
  { onResult, logger }: AfterTimeout<T> = {},
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let timedOut = false;
  const timeoutPassed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      timedOut = true;
      reject(typeof timeout === 'string' ? new TimeoutError(timeout, ms) : timeout());
    }, ms);
  });
  const settled = Promise.resolve(work);
  try {
    return await Promise.race([settled, timeoutPassed]);
  } finally {
    clearTimeout(timer);
    if (timedOut) {
      const context = { requestId: currentRequestId(), what: timeout };
      settled.then(
        (value) => onResult?.(value),
        (error: unknown) => logger?.debug({ err: error, ...context }, 'failed after its timeout'),
      );
    }
  }
}

/** Waits of one response timeout, each for a part of it. */
const RESPONSE_WAITS = 4;

/**
 * Waits for a response of another process for at most `ms`, not counting the time in which this process was too busy to read
 * it. A wait counts as much if its timer fires late, and the event loop reads all sockets before the next wait ends: so a
 * response that has arrived is never late.
 *
 * @throws {TimeoutError}
 */
export async function withResponseTimeout<T>(response: PromiseLike<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeoutPassed = new Promise<never>((_, reject) => {
    let waits = 0;
    const wait = () => {
      // guard: own-lag-not-counted
      if (waits === RESPONSE_WAITS) return reject(new TimeoutError(what, ms));
      waits++;
      timer = setTimeout(wait, ms / RESPONSE_WAITS);
    };
    wait();
  });
  try {
    return await Promise.race([response, timeoutPassed]);
  } finally {
    clearTimeout(timer);
  }
}
