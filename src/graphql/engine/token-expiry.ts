import { GraphQLError, type ExecutionResult } from 'graphql';
import type { Logger } from '../../platform/observability/logger.ts';
import type { Caller } from './caller.ts';

/** Maximum delay of a timer. Tokens of guests are valid for longer. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/**
 * Observes whether a context's viewer is read. Returns a function to call when the source of the subscription is open: it
 * returns when the token expires if the viewer has been read, which makes the subscription private, else null.
 */
export function observeExpiry(context: Caller): () => number | null {
  const { viewer } = context;
  const expiresAtMs = viewer?.expiresAtMs;
  if (expiresAtMs === undefined) return () => null;
  let isPrivate = false;
  Object.defineProperty(context, 'viewer', {
    get: () => {
      isPrivate = true;
      return viewer;
    },
    enumerable: true,
  });
  // guard: private-subscription-ends-with-token
  // guard: public-subscription-outlives-token
  return () => (isPrivate ? expiresAtMs : null);
}

/** Passes results on until the token expires; then sends an UNAUTHENTICATED error and ends. Supports one pending `next`. */
export function untilExpiry(
  results: AsyncIterable<ExecutionResult>,
  expiresAtMs: number,
  logger: Logger,
): AsyncIterableIterator<ExecutionResult> {
  const inner = results[Symbol.asyncIterator]();
  let state: 'open' | 'expired' | 'over' = 'open';
  let wake: (() => void) | undefined;
  let timer: NodeJS.Timeout;
  const leave = () => {
    if (state === 'over') return;
    state = 'over';
    clearTimeout(timer);
    // In the background: the caller does not wait for it.
    inner.return?.().catch((error: unknown) => logger.error({ err: error }, 'failed to end a subscription'));
  };
  const check = () => {
    const leftMs = expiresAtMs - Date.now();
    if (leftMs > 0) {
      timer = setTimeout(check, Math.min(leftMs, DELAY_MS_MAX)).unref(); // guard: token-timer-cap
      return;
    }
    state = 'expired';
    wake?.();
  };
  const expired = (): IteratorResult<ExecutionResult> => {
    leave();
    return { done: false, value: { errors: [expiredError()] } };
  };
  const step = async (): Promise<IteratorResult<ExecutionResult>> => {
    try {
      const result = await inner.next();
      if (result.done === true) leave();
      return result;
    } catch (error) {
      leave();
      throw error;
    } finally {
      wake = undefined;
    }
  };
  check();
  return {
    next() {
      if (state === 'over') return Promise.resolve({ done: true, value: undefined });
      if (state === 'expired') return Promise.resolve(expired());
      // A promise per call: one that lives as long as the token would retain the reactions of every call.
      const expiry = Promise.withResolvers<IteratorResult<ExecutionResult>>();
      wake = () => expiry.resolve(expired());
      return Promise.race([expiry.promise, step()]);
    },
    return() {
      leave();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function expiredError(): GraphQLError {
  const message = 'The token has expired. Subscribe again with a new token.';
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' } });
}
