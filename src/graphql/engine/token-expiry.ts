import { GraphQLError, type ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from '../../platform/observability/logger.ts';
import type { OperationContext } from './engine.ts';

/** The longest delay that a timer takes; guests' tokens are valid for longer. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/**
 * Ends private subscriptions when their token expires, on every transport, with an UNAUTHENTICATED error as the last
 * message. Private is what has looked at its caller before it began; what is for everybody goes on.
 */
export function tokenExpiry(logger: Logger): Plugin<OperationContext> {
  return {
    onSubscribe({ args }) {
      const context = args.contextValue as OperationContext & { readonly viewer?: unknown };
      const expiresAtMs = context.caller.viewer?.expiresAtMs;
      if (expiresAtMs === undefined) return undefined;
      const { viewer } = context;
      let isPrivate = false;
      Object.defineProperty(context, 'viewer', {
        get: () => {
          isPrivate = true;
          return viewer;
        },
        enumerable: true,
      });
      return {
        onSubscribeResult({ result, setResult }) {
          if (!isPrivate || !(Symbol.asyncIterator in result)) return; // guard: public-subscription-outlives-token
          // guard: private-subscription-ends-with-token
          setResult(untilExpiry(result as AsyncIterable<ExecutionResult>, expiresAtMs, logger));
        },
      };
    },
  };
}

/** The same results until the token expires, then an error, then the end. Takes one call of `next` at a time. */
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
    // Nobody waits for it.
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
      // One for each call: a promise that lives as long as the token would keep what each call left there.
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
