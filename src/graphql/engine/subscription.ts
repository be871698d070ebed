import type { ExecutionResult } from 'graphql';
import type { Viewer } from '../../identity/viewer.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { Caller } from './caller.ts';
import type { Engine } from './engine.ts';
import { limitErrors } from './errors/response-errors.ts';
import { toGraphQLError } from './errors/to-graphql-error.ts';
import { executePlan, type ExecutionInput } from './execution/execute-plan.ts';
import type { OperationPlan } from './execution/operation-plan.ts';
import { openSource } from './execution/open-source.ts';
import { createContext, finish, type Run } from './execution/execute-operation.ts';
import { observeViewer, untilTokenEnds } from './token-expiry.ts';

export type Results = AsyncIterable<ExecutionResult>;

/** A subscription whose source is open. None of its events has been executed. */
export interface Subscription {
  /** The object that the `subscribe` resolver of the field returned. */
  readonly source: AsyncIterable<unknown>;
  /**
   * Returns the results of the subscription: `shared`, if the caller has arranged for its events to be executed, else
   * those of executing each event. Both end with an error when the token of a private subscription expires or is revoked.
   */
  results(shared: Results | null): Results;
}

/** Opens the source of a subscription, unless it costs too much. Returns a result with errors if that fails. */
export async function openSubscription(run: Run): Promise<ExecutionResult | Subscription> {
  const { engine, prepared, variables } = run;
  const error = prepared.findCostError(variables);
  if (error !== null) return finish(engine, { errors: [error] });
  const context = createContext(run);
  const observed = observeViewer(context as Caller);
  const input = { variables, context };
  const source = await openSource(prepared.plan, input);
  if (!(Symbol.asyncIterator in source)) return finish(engine, source);
  return createSubscription(engine, source, prepared.plan, input, observed());
}

/** `viewer` is that of a private subscription, whose token must stay valid; null for a public one. */
function createSubscription(
  engine: Engine,
  source: AsyncIterable<unknown>,
  plan: OperationPlan,
  input: ExecutionInput,
  viewer: Viewer | null,
): Subscription {
  const { onRevoked, logger } = engine;
  return {
    source,
    results(shared) {
      const results = shared ?? executeEvents(engine, source, plan, input);
      return viewer === null ? results : untilTokenEnds(results, viewer, onRevoked, logger);
    },
  };
}

/** Executes each event of a source. If the source fails, its error is the last result. */
function executeEvents(
  engine: Engine,
  source: AsyncIterable<unknown>,
  plan: OperationPlan,
  input: ExecutionInput,
): AsyncIterableIterator<ExecutionResult> {
  const events = source[Symbol.asyncIterator]();
  const over = { done: true, value: undefined } as const;
  let failed = false;
  return {
    async next() {
      if (failed) return over;
      try {
        const event = await events.next();
        if (event.done === true) return over;
        const result = await executePlan(plan, { ...input, root: event.value });
        return { done: false, value: finish(engine, result) };
      } catch (error) {
        failed = true;
        await events.return?.();
        return { done: false, value: { errors: limitErrors([toGraphQLError(engine, error)]) } };
      }
    },
    async return() {
      await events.return?.();
      return over;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Ends a subscription, or a source whose iteration has not begun, in the background. A failure is only logged. */
export function endResults(results: AsyncIterable<unknown> | AsyncIterator<unknown>, logger: Logger): void {
  const iterator = Symbol.asyncIterator in results ? results[Symbol.asyncIterator]() : results;
  iterator.return?.().catch((error: unknown) => logger.error({ err: error }, 'failed to end a subscription'));
}
