import { GraphQLError, type ExecutionResult } from 'graphql';
import type { Logger } from '../../platform/observability/logger.ts';
import type { Viewer } from '../../identity/viewer.ts';
import type { Caller } from './caller.ts';

/** Maximum delay of a timer. Tokens of guests are valid for longer. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** Calls back once if the token of a viewer is revoked. Returns a function that stops this. */
export type OnRevoked = (viewer: Viewer, then: () => void) => () => void;

/**
 * Observes whether a context's viewer is read. Returns a function to call when the source of the subscription is open: it
 * returns the viewer if it has been read, which makes the subscription private, else null.
 */
export function observeViewer(context: Caller): () => Viewer | null {
  const { viewer } = context;
  if (viewer === null) return () => null;
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
  return () => (isPrivate ? viewer : null);
}

/**
 * Passes results on until the viewer's token expires or is revoked; then sends an UNAUTHENTICATED error and ends. Supports
 * one pending `next`.
 */
export function untilTokenEnds(
  results: AsyncIterable<ExecutionResult>,
  viewer: Viewer,
  onRevoked: OnRevoked,
  logger: Logger,
): AsyncIterableIterator<ExecutionResult> {
  const { expiresAtMs = Infinity } = viewer;
  const inner = results[Symbol.asyncIterator]();
  let state: 'open' | 'expired' | 'revoked' | 'over' = 'open';
  let wake: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const leave = () => {
    if (state === 'over') return;
    state = 'over';
    clearTimeout(timer);
    stopWatching();
    // In the background: the caller does not wait for it.
    inner.return?.().catch((error: unknown) => logger.error({ err: error }, 'failed to end a subscription'));
  };
  const end = (as: 'expired' | 'revoked') => {
    if (state !== 'open') return;
    state = as;
    wake?.();
  };
  const check = () => {
    const leftMs = expiresAtMs - Date.now();
    if (leftMs > 0)
      timer = setTimeout(check, Math.min(leftMs, DELAY_MS_MAX)).unref(); // guard: token-timer-cap
    else end('expired');
  };
  const sendError = (): IteratorResult<ExecutionResult> => {
    const error = tokenError(state === 'revoked' ? 'has been revoked' : 'has expired');
    leave();
    return { done: false, value: { errors: [error] } };
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
  const stopWatching = onRevoked(viewer, () => end('revoked')); // guard: private-subscription-ends-with-revocation
  return {
    next() {
      if (state === 'over') return Promise.resolve({ done: true, value: undefined });
      if (state !== 'open') return Promise.resolve(sendError());
      // A promise per call: one that lives as long as the token would retain the reactions of every call.
      const ended = Promise.withResolvers<IteratorResult<ExecutionResult>>();
      wake = () => ended.resolve(sendError());
      return Promise.race([ended.promise, step()]);
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

function tokenError(what: string): GraphQLError {
  const message = `The token ${what}. Subscribe again with a new token.`;
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' } });
}
