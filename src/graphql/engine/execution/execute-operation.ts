import type { ExecutionResult } from 'graphql';
import type { Caller } from '../caller.ts';
import type { Engine } from '../engine.ts';
import { limitErrors, reportCommits } from '../errors/response-errors.ts';
import { toGraphQLError } from '../errors/to-graphql-error.ts';
import { chooseReads } from '../replica-reads.ts';
import { executePlan } from './execute-plan.ts';
import type { Variables } from './field-arguments.ts';
import { isPromise, type MaybePromise } from './maybe-promise.ts';
import type { PreparedOperation } from './prepared-document.ts';

/** An operation with what one caller has sent. */
export interface Run {
  readonly engine: Engine;
  readonly prepared: PreparedOperation;
  /** After coercion. */
  readonly variables: Variables;
  readonly caller: Caller;
}

/** Executes a query or mutation, unless it costs too much. Its errors are masked and limited. */
export function executeOperation(run: Run): MaybePromise<ExecutionResult> {
  const { prepared, variables, engine } = run;
  const error = prepared.findCostError(variables);
  if (error !== null) return finish(engine, { errors: [error] });
  const context = chooseReads(prepared.operation.operation, createContext(run));
  return isPromise(context) ? context.then((chosen) => execute(run, chosen)) : execute(run, context);
}

/** Creates the context of an operation: the services and the caller. */
export function createContext({ engine, caller }: Pick<Run, 'engine' | 'caller'>): object {
  return { ...engine.services, ...caller };
}

function execute({ engine, prepared, variables }: Run, context: object): MaybePromise<ExecutionResult> {
  const result = executePlan(prepared.plan, { variables, context });
  const report = (settled: ExecutionResult) => finish(engine, reportCommits(context, settled));
  return isPromise(result) ? result.then(report) : report(result);
}

/** Masks and limits the errors of a result. */
export function finish(engine: Engine, result: ExecutionResult): ExecutionResult {
  const { errors } = result;
  if (errors === undefined) return result;
  return { ...result, errors: limitErrors(errors.map((error) => toGraphQLError(engine, error))) };
}
